// message/send by the SDK 0.3.14, over JSON-RPC and over its REST paths.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { A2AClient } from 'a2a-0.3/client';
import { Server, until } from './lib/server.mjs';
import { assertWent, both, connect, invalid, refused, resultOf, say, statusText, textOf } from './lib/v03.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);

both('blocking send ends at a terminal state', async (binding) => {
  const client = await stage(binding);
  const request = say('say hello');
  const task = await client.sendMessage(request);
  assertWent(client.wire.last, binding, 'message/send', 'POST /v1/message:send');
  assert.equal(client.wire.last.body.params?.configuration?.blocking ?? client.wire.last.body.configuration?.blocking, true);
  assert.equal(task.kind, 'task');
  assert.equal(task.status.state, 'completed');
  assert.equal(statusText(task), 'hello');
  assert.equal(task.status.message.kind, 'message');
  assert.equal(task.status.message.role, 'agent');
  assert.match(task.status.timestamp, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.ok(task.id && task.contextId);
  assert.equal(task.history[0].messageId, request.message.messageId);
  assert.equal(task.history[0].role, 'user');

  const raw = resultOf(client.wire.last, binding, [201]);
  if (binding.rpc) {
    assert.deepEqual(raw.history[0].parts, [{ kind: 'text', text: 'say hello' }]);
  } else {
    assert.equal(raw.task.status.state, 'TASK_STATE_COMPLETED');
    assert.equal(raw.task.status.message.role, 'ROLE_AGENT');
    assert.deepEqual(raw.task.history[0].content, [{ text: 'say hello' }]);
    assert.equal('kind' in raw.task, false);
  }
});

both('blocking send ends at input-required and the follow-up goes on', async (binding) => {
  const client = await stage(binding);
  const asked = await client.sendMessage(say('ask'));
  assert.equal(asked.status.state, 'input-required');
  const done = await client.sendMessage(say('the second', { taskId: asked.id }));
  assert.equal(done.contextId, asked.contextId);
  assert.equal(statusText(done), 'chose the second');
});

both('auth-required and rejected and failed are told as such', async (binding) => {
  const client = await stage(binding);
  assert.equal((await client.sendMessage(say('sign in'))).status.state, 'auth-required');
  assert.equal((await client.sendMessage(say('refuse'))).status.state, 'rejected');
  const failed = await client.sendMessage(say('break'));
  assert.equal(failed.status.state, 'failed');
  assert.equal(statusText(failed), 'no luck today');
});

both('a send that does not block gives the task at once', async (binding) => {
  const client = await stage(binding);
  const task = await client.sendMessage(say('forever', { configuration: { blocking: false } }));
  assert.ok(['submitted', 'working'].includes(task.status.state), task.status.state);
  const canceled = await client.cancelTask({ id: task.id });
  assert.equal(canceled.status.state, 'canceled');
  if (!binding.rpc) {
    assert.match(client.wire.last.text, /"TASK_STATE_CANCELLED"/, 'the older spelling of its schema');
  }
});

both('a task goes on by itself', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('nap', { configuration: { blocking: false } }));
  const done = await until('the nap ends', async () => {
    const now = await client.getTask({ id });
    return now.status.state === 'completed' && now;
  });
  assert.equal(statusText(done), 'awake');
});

both('historyLength of a send', async (binding) => {
  const client = await stage(binding);
  const done = await client.sendMessage(say('report', { configuration: { historyLength: 2 } }));
  assert.deepEqual(done.history.map(textOf), ['writing', 'reported']);
});

both('acceptedOutputModes that an agent has not are refused', async (binding) => {
  const client = await connect(server.base('plain'), binding);
  const configuration = { acceptedOutputModes: ['image/png'] };
  await refused(client.sendMessage(say('hello', { configuration })), client, 'ContentTypeNotSupportedError');
});

both('a direct message is a message', async (binding) => {
  const client = await stage(binding);
  const message = await client.sendMessage(say('message hello there'));
  assert.equal(message.kind, 'message');
  assert.equal(message.role, 'agent');
  assert.equal(textOf(message), 'hello there');
  const raw = resultOf(client.wire.last, binding, [201]);
  assert.ok(binding.rpc ? raw.kind === 'message' : raw.message.content[0].text === 'hello there');
});

both('files and data arrive in the parts of 0.3', async (binding) => {
  const client = await stage(binding);
  const { artifacts: [picture, page, table, list, note] } = await client.sendMessage(say('files'));
  const { name, ...bytes } = picture.parts[0].file;
  assert.equal(picture.parts[0].kind, 'file');
  assert.deepEqual(bytes, { bytes: 'iVBORw0KGgo=', mimeType: 'image/png' });
  if (binding.rpc) assert.equal(name, 'dot.png');
  assert.equal(page.parts[0].file.uri, 'https://example.org/page.html');
  assert.equal(page.parts[0].file.mimeType, 'text/html');
  assert.deepEqual(table.parts[0].data, { rows: [1, 2.5, 'three', null, true], nested: { deep: {} } });
  assert.equal(list.parts[0].kind, 'data');
  // In 0.3 data is an object: a list is wrapped.
  assert.equal(typeof list.parts[0].data, 'object');
  assert.ok(!Array.isArray(list.parts[0].data));
  assert.equal(note.parts.length, 2);
});

both('a message of every kind of part is taken', async (binding) => {
  const client = await stage(binding);
  const parts = [
    { kind: 'text', text: 'say all of it' },
    { kind: 'file', file: { bytes: 'AAH+/w==', mimeType: 'image/png' } },
    { kind: 'file', file: { uri: 'https://example.org/in.png', mimeType: 'image/png' } },
    { kind: 'data', data: { deep: [{ er: 1 }] } },
  ];
  const { id, history: [first] } = await client.sendMessage(say(parts, { metadata: { trace: { id: 7 } } }));
  assert.deepEqual(first.parts, parts);
  assert.deepEqual(first.metadata, { trace: { id: 7 } });
  assert.deepEqual((await client.getTask({ id })).history[0].parts, parts);
});

both('contexts are made and kept and guarded', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  assert.ok((await client.sendMessage(say('say it'))).contextId);
  const asked = await client.sendMessage(say('ask', { contextId }));
  assert.equal(asked.contextId, contextId);
  await invalid(client.sendMessage(say('this', { taskId: asked.id, contextId: randomUUID() })), client);
});

both('messages to unknown tasks and to tasks that ended are refused', async (binding) => {
  const client = await stage(binding);
  await refused(client.sendMessage(say('this', { taskId: randomUUID() })), client, 'TaskNotFoundError');
  const { id } = await client.sendMessage(say('say it'));
  await refused(client.sendMessage(say('again', { taskId: id })), client, 'UnsupportedOperationError');
});

both('an agent that keeps nothing answers alike', async (binding) => {
  const client = await connect(server.base('fleeting'), binding);
  const asked = await client.sendMessage(say('ask'));
  assert.equal(statusText(await client.sendMessage(say('this', { taskId: asked.id }))), 'chose this');
});

test('sdk03 jsonrpc: a send without configuration blocks', { timeout: 20_000 }, async () => {
  const answer = await fetch(server.base('stage'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'x', method: 'message/send', params: say('nap') }),
  });
  assert.equal((await answer.json()).result.status.state, 'completed');
});

test('sdk03 rest: a send that does not say so does not block', { timeout: 20_000 }, async () => {
  const message = { messageId: randomUUID(), role: 'ROLE_USER', content: [{ text: 'forever' }] };
  const answer = await fetch(`${server.base('stage')}v1/message:send`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ message, configuration: {} }),
  });
  assert.equal(answer.status, 201);
  assert.match((await answer.json()).task.status.state, /SUBMITTED|WORKING/);
});

test('sdk03 jsonrpc: the older client class speaks to it', { timeout: 20_000 }, async () => {
  const client = await A2AClient.fromCardUrl(`${server.base('stage')}.well-known/agent-card.json`);
  const { result } = await client.sendMessage(say('say hello', { configuration: { blocking: true } }));
  assert.equal(statusText(result), 'hello');
  const { error } = await client.getTask({ id: randomUUID() });
  assert.equal(error.code, -32001);
  const kinds = [];
  for await (const each of client.sendMessageStream(say('report'))) kinds.push(each.kind);
  assert.deepEqual([kinds[0], kinds.at(-1)], ['task', 'status-update']);
});
