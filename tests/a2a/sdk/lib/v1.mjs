// The SDK's clients of 1.0 over both bindings, and what is asserted about all of them alike.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  ListTaskPushNotificationConfigsRequest,
  ListTasksRequest,
  SendMessageRequest,
  TaskPushNotificationConfig,
  roleToJSON,
  taskStateToJSON,
} from 'a2a-1.3';
import * as sdk from 'a2a-1.3/client';
import { connectBy, failure, forBoth } from './sdk.mjs';

export { collect, failure, rest, rpc } from './sdk.mjs';

export const both = forBoth('sdk13');
export const connect = connectBy(sdk);

/** A request to send words, or parts; `more` are members of the message. */
export function say(what, { configuration, tenant, ...more } = {}) {
  const parts = typeof what === 'string' ? [{ text: what }] : what;
  return SendMessageRequest.fromJSON({
    tenant,
    message: { messageId: randomUUID(), role: 'ROLE_USER', parts, ...more },
    configuration: configuration ?? {},
  });
}

export const listing = (filter = {}) => ListTasksRequest.fromJSON(filter);
export const pushConfig = (members) => TaskPushNotificationConfig.fromJSON(members);
export const pushConfigsOf = (taskId) => ListTaskPushNotificationConfigsRequest.fromJSON({ taskId });

export const stateOf = (what) => taskStateToJSON(what.status.state).replace('TASK_STATE_', '');
export const roleOf = (message) => roleToJSON(message.role);
export const textOf = (holder) =>
  (holder?.parts ?? [])
    .filter((each) => each.content?.$case === 'text')
    .map((each) => each.content.value)
    .join('');
export const statusText = (what) => textOf(what.status.message);

/** An event in a word or two: `task WORKING`, `status COMPLETED words`, `artifact report append last "words"`, `message words`. */
export function brief({ payload: { $case: kind, value } }) {
  if (kind === 'task') return `task ${stateOf(value)}`;
  if (kind === 'message') return `message ${textOf(value)}`;
  if (kind === 'statusUpdate') return `status ${stateOf(value)} ${statusText(value)}`.trimEnd();
  const flags = (value.append ? ' append' : '') + (value.lastChunk ? ' last' : '');
  return `artifact ${value.artifact.artifactId}${flags} ${JSON.stringify(textOf(value.artifact))}`;
}

/** What an answer holds: the `result` of a JSON-RPC response that is sound, or the bare body. */
export function resultOf(exchange, binding, status = 200) {
  assert.equal(exchange.status, binding.rpc ? 200 : status, exchange.text);
  if (!binding.rpc) {
    assert.match(exchange.headers.get('content-type'), /^application\/a2a\+json/);
    return exchange.json;
  }
  assert.match(exchange.headers.get('content-type'), /^application\/json/);
  const { jsonrpc, id, result, ...others } = exchange.json;
  assert.equal(jsonrpc, '2.0');
  assert.strictEqual(id, exchange.body.id);
  assert.deepEqual(others, {});
  return result;
}

/** The bare events of a stream on the wire; each is a sound JSON-RPC response where that is the binding. */
export function streamOf(exchange, binding) {
  assert.equal(exchange.status, 200, exchange.text);
  assert.match(exchange.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(exchange.headers.get('cache-control'), 'no-cache, no-store');
  assert.equal(exchange.headers.get('x-accel-buffering'), 'no');
  assert.equal(exchange.headers.get('content-encoding'), null);
  return exchange.events.map(({ data }) => {
    if (!binding.rpc) return data;
    assert.equal(data.jsonrpc, '2.0');
    assert.strictEqual(data.id, exchange.body.id);
    return data.result;
  });
}

/** Where the SDK went: the method of JSON-RPC, or the request line of HTTP+JSON below the agent's base. */
export function assertWent(exchange, binding, method, line) {
  assert.equal(exchange.sent.get('a2a-version'), '1.0');
  if (binding.rpc) {
    assert.equal(exchange.method, 'POST');
    assert.equal(exchange.body.method, method);
  } else {
    assert.equal(`${exchange.method} ${exchange.path.replace(/^\/a2a\/[^/]+/, '')}`, line);
  }
}

const reasons = {
  TaskNotFoundError: [-32001, 404, 'NOT_FOUND', 'TASK_NOT_FOUND'],
  TaskNotCancelableError: [-32002, 400, 'FAILED_PRECONDITION', 'TASK_NOT_CANCELABLE'],
  PushNotificationNotSupportedError: [-32003, 400, 'FAILED_PRECONDITION', 'PUSH_NOTIFICATION_NOT_SUPPORTED'],
  UnsupportedOperationError: [-32004, 400, 'FAILED_PRECONDITION', 'UNSUPPORTED_OPERATION'],
  ContentTypeNotSupportedError: [-32005, 400, 'INVALID_ARGUMENT', 'CONTENT_TYPE_NOT_SUPPORTED'],
  ExtendedAgentCardNotConfiguredError: [-32007, 400, 'FAILED_PRECONDITION', 'EXTENDED_AGENT_CARD_NOT_CONFIGURED'],
  VersionNotSupportedError: [-32009, 400, 'FAILED_PRECONDITION', 'VERSION_NOT_SUPPORTED'],
};
const domain = 'a2a-protocol.org';
const errorInfo = 'type.googleapis.com/google.rpc.ErrorInfo';

/** The promise fails with the SDK's own class of that name, and the wire said so in the protocol's form. Gives its metadata. */
export async function refused(promise, client, name, { status } = {}) {
  const [code, httpStatus, statusName, reason] = reasons[name];
  const why = await failure(promise);
  assert.equal(why.name, name, why.stack);
  const { binding, wire } = client;
  const answer = wire.last;
  assert.doesNotMatch(answer.headers.get('content-type'), /event-stream/);
  let details;
  if (binding.rpc) {
    assert.equal(answer.status, status ?? 200);
    assert.equal(why.envelopeCode, code);
    assert.equal(answer.json.error.code, code);
    details = answer.json.error.data;
  } else {
    assert.equal(answer.status, status ?? httpStatus);
    assert.equal(why.statusCode, answer.status);
    const { error } = answer.json;
    assert.equal(error.code, answer.status);
    assert.equal(error.status, statusName);
    details = error.details;
  }
  const info = details.find((each) => each['@type'] === errorInfo);
  assert.equal(info.reason, reason);
  assert.equal(info.domain, domain);
  assert.ok(why.message.length > 0);
  return info.metadata;
}

/** The promise fails as a request that is wrong in itself: -32602, or 400 INVALID_ARGUMENT. */
export async function invalid(promise, client) {
  const why = await failure(promise);
  const answer = client.wire.last;
  if (client.binding.rpc) {
    assert.equal(why.name, 'RequestMalformedError', why.stack);
    assert.equal(answer.status, 200);
    assert.equal(why.envelopeCode, -32602);
  } else {
    assert.equal(why.statusCode, 400, why.stack);
    assert.equal(answer.json.error.code, 400);
    assert.equal(answer.json.error.status, 'INVALID_ARGUMENT');
  }
  return why;
}
