// The SDK's clients of 0.3 over both of its bindings, and what is asserted about all of them alike.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as sdk from 'a2a-0.3/client';
import { connectBy, failure, forBoth } from './sdk.mjs';

export { collect, failure, rest, rpc } from './sdk.mjs';

export const both = forBoth('sdk03');
export const connect = connectBy(sdk);

export function say(what, { configuration, ...more } = {}) {
  const parts = typeof what === 'string' ? [{ kind: 'text', text: what }] : what;
  const message = { kind: 'message', messageId: randomUUID(), role: 'user', parts, ...more };
  return configuration ? { message, configuration } : { message };
}

export const textOf = (holder) =>
  (holder?.parts ?? [])
    .filter((each) => each.kind === 'text')
    .map((each) => each.text)
    .join('');
export const statusText = (what) => textOf(what.status.message);

/** An event in a word or two; the flags of artifacts are read from the wire, the SDK drops some. */
export function brief(event) {
  if (event.kind === 'task') return `task ${event.status.state}`;
  if (event.kind === 'message') return `message ${textOf(event)}`;
  if (event.kind === 'status-update') return `status ${event.status.state} ${statusText(event)}`.trimEnd() + (event.final ? ' final' : '');
  return `artifact ${event.artifact.artifactId} ${JSON.stringify(textOf(event.artifact))}`;
}

/** What an answer of that status holds: the `result` of a sound JSON-RPC response (always 200), or the bare body. */
export function resultOf(exchange, binding, status = [200]) {
  assert.match(exchange.headers.get('content-type'), /^application\/json/);
  if (!binding.rpc) {
    assert.ok(status.includes(exchange.status), `${exchange.status} ${exchange.text}`);
    return exchange.json;
  }
  assert.equal(exchange.status, 200, exchange.text);
  const { jsonrpc, id, result, ...others } = exchange.json;
  assert.equal(jsonrpc, '2.0');
  assert.strictEqual(id, exchange.body.id);
  assert.deepEqual(others, {});
  return result;
}

export function streamOf(exchange, binding) {
  assert.equal(exchange.status, 200, exchange.text);
  assert.match(exchange.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(exchange.headers.get('cache-control'), 'no-cache, no-store');
  return exchange.events.map(({ id, data }) => {
    assert.equal(id, undefined, 'numbers of events are an extension of 1.0');
    if (!binding.rpc) return data;
    assert.equal(data.jsonrpc, '2.0');
    assert.strictEqual(data.id, exchange.body.id);
    return data.result;
  });
}

/** Where the SDK went, without a version header: the method, or the request line below the agent's base. */
export function assertWent(exchange, binding, method, line) {
  assert.equal(exchange.sent.get('a2a-version'), null);
  if (binding.rpc) assert.equal(exchange.body.method, method);
  else assert.equal(`${exchange.method} ${exchange.path.replace(/^\/a2a\/[^/]+/, '')}`, line);
}

const codes = {
  TaskNotFoundError: -32001,
  TaskNotCancelableError: -32002,
  PushNotificationNotSupportedError: -32003,
  UnsupportedOperationError: -32004,
  ContentTypeNotSupportedError: -32005,
  AuthenticatedExtendedCardNotConfiguredError: -32007,
};
/** Of REST, where it is not 400. */
const statuses = { TaskNotFoundError: 404, TaskNotCancelableError: 409, ContentTypeNotSupportedError: 415 };

/** The promise fails with the SDK's own class of that name, and the wire said so in the form of 0.3. */
export async function refused(promise, client, name) {
  const why = await failure(promise);
  assert.ok(why instanceof sdk[name], why.stack);
  const { binding, wire } = client;
  if (binding.rpc) {
    assert.equal(wire.last.status, 200);
    assert.equal(wire.last.json.error.code, codes[name]);
    assert.strictEqual(wire.last.json.id, wire.last.body.id);
  } else {
    assert.equal(wire.last.status, statuses[name] ?? 400);
    assert.equal(wire.last.json.code, codes[name]);
    assert.equal(typeof wire.last.json.message, 'string');
  }
  return why;
}

/** The same for an operation that would have been a stream. The JSON-RPC client reads an error from a stream only. */
export async function streamRefused(promise, client, name) {
  if (!client.binding.rpc) return refused(promise, client, name);
  const why = await failure(promise);
  assert.ok(why.cause instanceof sdk[name], why.stack);
  const { events, headers, body } = client.wire.last;
  assert.match(headers.get('content-type'), /^text\/event-stream/);
  assert.deepEqual(events.map(({ data }) => [data.id, data.error.code]), [[body.id, codes[name]]]);
  return why;
}

/** The promise fails as a request that is wrong in itself: -32602. */
export async function invalid(promise, client) {
  await failure(promise);
  const { binding, wire } = client;
  if (binding.rpc) {
    assert.equal(wire.last.status, 200);
    assert.equal(wire.last.json.error.code, -32602, wire.last.text);
  } else {
    assert.equal(wire.last.status, 400);
    assert.equal(wire.last.json.code, -32602, wire.last.text);
  }
}
