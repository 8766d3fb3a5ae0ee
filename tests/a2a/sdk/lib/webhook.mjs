// A receiver of push notifications on loopback: keeps what comes, answers by a plan.
import { createServer } from 'node:http';
import { until } from './server.mjs';

export class Webhook {
  /** Every request in the order of its arrival: {at, method, path, headers, body, answer}; `answer` is its status, or 'none'. */
  requests = [];
  #plan = [];
  #server;
  #open = new Set();

  /**
   * What to answer to the next requests, one each; afterwards 200. An entry is a status, or {status, headers}, or `hang`: no
   * answer; or a function of the request that gives one of these, perhaps later.
   */
  plan(...answers) {
    this.#plan.push(...answers);
    return this;
  }

  async start() {
    this.#server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => this.#take(request, Buffer.concat(chunks).toString('utf8'), response));
    });
    this.#server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
    });
    await new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/hook`;
  }

  /** The bodies of those that were answered with 200, of one path. */
  accepted(path = '/hook') {
    return this.requests.filter((each) => each.answer === 200 && each.path === path).map((each) => each.body);
  }

  /** Waits for so many requests. */
  count(many, path = '/hook') {
    const mine = () => this.requests.filter((each) => each.path === path);
    return until(`${many} requests at ${path}, there are ${mine().length}`, () => mine().length >= many);
  }

  async stop() {
    for (const socket of this.#open) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  async #take(request, text, response) {
    const kept = { at: Date.now(), method: request.method, path: request.url, headers: request.headers, text, body: JSON.parse(text) };
    this.requests.push(kept);
    let answer = this.#plan.length > 0 ? this.#plan.shift() : 200;
    if (typeof answer === 'function') answer = await answer(kept);
    if (answer === hang) {
      kept.answer = 'none';
      return;
    }
    const { status, headers } = typeof answer === 'number' ? { status: answer } : answer;
    kept.answer = status;
    kept.answered_at = Date.now();
    response.writeHead(status, { 'Content-Length': 0, ...headers });
    response.end();
  }
}

export const hang = Symbol('hang');
