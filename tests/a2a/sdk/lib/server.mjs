// The server program with a folder of its own: started, killed, started again on the same data, stopped.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import './spoken.mjs';

const program = process.env.MOFA_SERVER;
const here = resolve(process.env.MOFA_A2A_FOLDER);
const patience = 20_000;

export class Server {
  folder = mkdtempSync(join(tmpdir(), 'mofa-a2a-'));
  origin;
  #child;

  /**
   * `settings`: members of the configuration besides definitions and models. Unless they say otherwise receivers may be on
   * loopback.
   */
  constructor(settings = {}) {
    const a2a = settings.a2a ?? {};
    const whole = {
      definitions: [join(here, 'agents')],
      models: {
        default: ['narrator/narrator'],
        providers: { narrator: { kind: 'scripted', file: join(here, 'models/narrator.yaml') } },
      },
      log: { level: 'trace' },
      ...settings,
      a2a: {
        default_agent: 'stage',
        ...a2a,
        push: { allow_loopback: true, ...(a2a.push ?? {}) },
      },
    };
    // JSON is YAML.
    writeFileSync(join(this.folder, 'mofa.yaml'), JSON.stringify(whole, null, 1));
  }

  async start() {
    const log = openSync(join(this.folder, 'log'), 'a');
    this.#child = spawn(
      program,
      ['serve', '--config', join(this.folder, 'mofa.yaml'), '--listen', '127.0.0.1:0', '--data', join(this.folder, 'data')],
      { stdio: ['ignore', 'pipe', log] },
    );
    closeSync(log);
    this.origin = await this.#greeting();
    return this;
  }

  /** The base URL of an agent, as a client is told it: with a slash, so that what is relative to it stays below it. */
  base(agent) {
    return `${this.origin}/a2a/${agent}/`;
  }

  /** The whole log, of all lives. */
  log() {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  async kill() {
    await this.#end('SIGKILL');
  }

  /** Ends it and removes its folder. */
  async stop() {
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #greeting() {
    const child = this.#child;
    return new Promise((found, failed) => {
      const settle = (how, what) => {
        clearTimeout(timer);
        child.off('exit', ended);
        how(what);
      };
      const fail = (why) => settle(failed, new Error(`the server did not start: ${why}\n${this.log()}`));
      const ended = (code, signal) => fail(`it ended with ${code ?? signal}`);
      const timer = setTimeout(() => fail('it said nothing'), patience);
      child.once('exit', ended);
      // Read on after the greeting: a pipe that is full would hold the server up.
      createInterface({ input: child.stdout }).on('line', (line) => {
        const origin = line.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
        if (origin) settle(found, origin);
      });
    });
  }

  async #end(signal) {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }
}

/** A key as `mofa keys new` makes it: what the caller says, and the entry for `auth.keys`. */
export function newKey(name, { tenant = 'default', scopes = ['tasks:read', 'tasks:write', 'agents:read'] } = {}) {
  const printed = execFileSync(
    program,
    ['keys', 'new', name, '--tenant', tenant, ...scopes.flatMap((one) => ['--scope', one])],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const secret = printed.split('\n', 1)[0];
  const hash = printed.match(/sha256:[0-9a-f]{64}/)?.[0];
  assert.ok(secret && hash, 'a key and its hash are printed');
  return { secret, entry: { name, hash, tenant, scopes } };
}

/** Asks again until `holds` gives something true, and gives that; fails with `what` after the deadline. */
export async function until(what, holds, deadline_ms = 12_000) {
  const end = Date.now() + deadline_ms;
  for (;;) {
    const got = await holds();
    if (got) return got;
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
