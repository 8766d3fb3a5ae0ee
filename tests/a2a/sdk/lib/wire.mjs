// What an SDK sends and gets, as it is on the wire: a `fetch` that keeps every request and every answer.
// Streams pass through piece by piece; who leaves one leaves the server's too.

export class Exchange {
  constructor(url, init) {
    this.url = new URL(url);
    this.method = init.method ?? 'GET';
    this.sent = new Headers(init.headers);
    this.body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    this.text = '';
  }

  get path() {
    return this.url.pathname + this.url.search;
  }

  /** The answer's body as JSON. */
  get json() {
    return JSON.parse(this.text);
  }

  /** The answer as events of a stream: {id, event, data}; comments are left out. */
  get events() {
    return this.text
      .split('\n\n')
      .map((block) => {
        const out = {};
        for (const line of block.split('\n')) {
          const at = line.indexOf(':');
          if (at <= 0) continue;
          const value = line.slice(at + 1).replace(/^ /, '');
          out[line.slice(0, at)] = value;
        }
        return out;
      })
      .filter((each) => each.data !== undefined)
      .map((each) => ({ ...each, data: JSON.parse(each.data) }));
  }
}

export class Wire {
  exchanges = [];
  /** Headers to say instead of the SDK's; null takes one away. */
  headers = {};

  /** To be given to an SDK as its fetch. */
  fetch = async (url, init = {}) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.headers)) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    const sent = { ...init, headers };
    const exchange = new Exchange(url, sent);
    this.exchanges.push(exchange);
    const answer = await fetch(url, sent);
    exchange.status = answer.status;
    exchange.headers = answer.headers;
    if (!answer.body) return answer;
    const decoder = new TextDecoder();
    const keep = new TransformStream({
      transform(chunk, to) {
        exchange.text += decoder.decode(chunk, { stream: true });
        to.enqueue(chunk);
      },
    });
    return new Response(answer.body.pipeThrough(keep), {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    });
  };

  get last() {
    return this.exchanges.at(-1);
  }

  /** Everything that the server said, headers included. */
  get heard() {
    return this.exchanges.map((one) => `${JSON.stringify([...(one.headers ?? [])])}\n${one.text}`).join('\n');
  }
}
