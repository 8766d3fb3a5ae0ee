// message/stream and tasks/resubscribe by the SDK 0.3.14.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { Server, until } from './lib/server.mjs';
import { assertWent, both, brief, collect, connect, say, statusText, streamOf, streamRefused, textOf } from './lib/v03.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);

/** The flags of the artifacts of a stream, as they were on the wire. */
const chunks = (client) =>
  streamOf(client.wire.last, client.binding)
    .map((each) => (client.binding.rpc ? each.kind === 'artifact-update' && each : each.artifactUpdate))
    .filter(Boolean)
    .map((each) => [each.artifact.artifactId, Boolean(each.append), Boolean(each.lastChunk)]);

both('a stream begins with the task and closes at its final event', async (binding) => {
  const client = await stage(binding);
  const events = await collect(client.sendMessageStream(say('say hello')));
  assertWent(client.wire.last, binding, 'message/stream', 'POST /v1/message:stream');
  assert.deepEqual(events.map(brief), ['task submitted', 'status completed hello final']);
  assert.equal(events[1].taskId, events[0].id);
  assert.equal(events[1].contextId, events[0].contextId);
  const raw = streamOf(client.wire.last, binding);
  assert.deepEqual(binding.rpc ? raw.map((each) => each.kind) : raw.map((each) => Object.keys(each)[0]),
    binding.rpc ? ['task', 'status-update'] : ['task', 'statusUpdate']);
});

both('chunks of an artifact come in order between the states', async (binding) => {
  const client = await stage(binding);
  const events = await collect(client.sendMessageStream(say('report')));
  assert.deepEqual(events.map(brief), [
    'task submitted',
    'status working reading',
    'artifact report "first, "',
    'artifact report "second, "',
    'status working writing',
    'artifact report "third"',
    'status completed reported final',
  ]);
  assert.deepEqual(chunks(client), [['report', false, false], ['report', true, false], ['report', true, true]]);
});

both('files and data are streamed', async (binding) => {
  const client = await stage(binding);
  const events = await collect(client.sendMessageStream(say('files')));
  const kinds = events.filter((each) => each.kind === 'artifact-update').map((each) => each.artifact.parts[0].kind);
  assert.deepEqual(kinds, ['file', 'file', 'data', 'data', 'text']);
});

both('a direct message is the only event', async (binding) => {
  const client = await stage(binding);
  assert.deepEqual((await collect(client.sendMessageStream(say('message hello')))).map(brief), ['message hello']);
});

both('a rejection and a failure are final', async (binding) => {
  const client = await stage(binding);
  assert.deepEqual((await collect(client.sendMessageStream(say('refuse')))).map(brief).at(-1), 'status rejected not on this stage final');
  assert.deepEqual((await collect(client.sendMessageStream(say('break')))).map(brief).at(-1), 'status failed no luck today final');
});

both('the question of a task is told in its stream', async (binding) => {
  const client = await stage(binding);
  const seen = [];
  for await (const event of client.sendMessageStream(say('ask'))) {
    seen.push(event.kind === 'status-update' ? event.status.state : event.kind);
    if (event.status?.state !== 'input-required') continue;
    assert.equal(statusText(event), 'Which one?');
    await client.sendMessage(say('this', { taskId: event.taskId }));
  }
  assert.equal(seen[0], 'task');
  assert.ok(seen.includes('input-required'));
  assert.equal(seen.at(-1), 'completed', 'the stream stays open');
});

both('the stream of a follow-up begins with the task as it is now', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('ask'));
  const events = await collect(client.sendMessageStream(say('this', { taskId: id })));
  assert.equal(brief(events[0]), 'task working');
  assert.equal(textOf(events[0].history.at(-1)), 'this');
  assert.equal(brief(events.at(-1)), 'status completed chose this final');
});

both('a cancel ends the stream', async (binding) => {
  const client = await stage(binding);
  const seen = [];
  for await (const event of client.sendMessageStream(say('forever'))) {
    seen.push(brief(event));
    if (event.status?.state === 'working') await client.cancelTask({ id: event.taskId });
  }
  assert.match(seen.at(-1), /^status canceled.* final$/);
});

both('who leaves a stream does not cancel the task', async (binding) => {
  const client = await stage(binding);
  let id;
  for await (const event of client.sendMessageStream(say('nap'))) {
    id = event.id;
    break;
  }
  await until('the nap ends', async () => (await client.getTask({ id })).status.state === 'completed');
});

both('words of a model come as they are spoken', async (binding) => {
  const client = await connect(server.base('narrator'), binding);
  const events = await collect(client.sendMessageStream(say('tell')));
  const spoken = events.filter((each) => each.kind === 'artifact-update').map((each) => textOf(each.artifact));
  assert.ok(spoken.length > 2);
  assert.equal(spoken.join(''), statusText(events.at(-1)));
  const flags = chunks(client);
  assert.deepEqual(flags[0], ['spoken-text', false, false]);
  assert.deepEqual(flags.at(-1), ['spoken-text', true, true]);
});

both('errors before a stream are told as errors', async (binding) => {
  const client = await stage(binding);
  await streamRefused(collect(client.sendMessageStream(say('this', { taskId: randomUUID() }))), client, 'TaskNotFoundError');
});

both('resubscribe begins with the task and ends with it', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('stepwise'));
  const listener = await stage(binding);
  const stream = listener.resubscribeTask({ id });
  const { value: snapshot } = await stream.next();
  assertWent(listener.wire.last, binding, 'tasks/resubscribe', `POST /v1/tasks/${id}:subscribe`);
  assert.equal(snapshot.kind, 'task');
  assert.equal(snapshot.id, id);
  assert.equal(snapshot.status.state, 'input-required');
  await client.sendMessage(say('yes', { taskId: id }));
  const rest = (await collect(stream)).map(brief);
  assert.deepEqual(rest.slice(-3), ['status working step 2', 'artifact log "two"', 'status completed stepwise done final']);
});

both('resubscribe to unknown tasks and to tasks that ended is refused', async (binding) => {
  const client = await stage(binding);
  await streamRefused(collect(client.resubscribeTask({ id: randomUUID() })), client, 'TaskNotFoundError');
  const { id } = await client.sendMessage(say('say it'));
  await streamRefused(collect(client.resubscribeTask({ id })), client, 'UnsupportedOperationError');
});
