// SendMessage by the SDK 1.3.0: what comes back, and when.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { Server, until } from './lib/server.mjs';
import {
  assertWent, both, connect, failure, invalid, listing, refused, resultOf, roleOf, say, stateOf, statusText, textOf,
} from './lib/v1.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);
const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

both('blocking send ends at a terminal state', async (binding) => {
  const client = await stage(binding);
  const request = say('say hello');
  const task = await client.sendMessage(request);
  assertWent(client.wire.last, binding, 'SendMessage', 'POST /message:send');
  assert.equal(stateOf(task), 'COMPLETED');
  assert.equal(statusText(task), 'hello');
  assert.equal(roleOf(task.status.message), 'ROLE_AGENT');
  assert.match(task.status.timestamp, utc);
  assert.ok(task.id && task.contextId);
  assert.equal(task.history[0].messageId, request.message.messageId);
  assert.equal(roleOf(task.history[0]), 'ROLE_USER');
  assert.equal(textOf(task.history[0]), 'say hello');

  const raw = resultOf(client.wire.last, binding);
  assert.deepEqual(Object.keys(raw), ['task']);
  assert.equal(raw.task.status.state, 'TASK_STATE_COMPLETED');
  assert.equal(raw.task.status.message.role, 'ROLE_AGENT');
  assert.equal(raw.task.kind, undefined);
  assert.deepEqual(raw.task.history[0].parts, [{ text: 'say hello' }]);
});

both('an end without words has no message', async (binding) => {
  const task = await (await stage(binding)).sendMessage(say('end'));
  assert.equal(stateOf(task), 'COMPLETED');
  assert.equal(task.status.message, undefined);
});

both('blocking send waits for a task that takes its time', async (binding) => {
  const task = await (await stage(binding)).sendMessage(say('nap'));
  assert.equal(stateOf(task), 'COMPLETED');
  assert.equal(statusText(task), 'awake');
});

both('blocking send ends at input-required and the follow-up goes on', async (binding) => {
  const client = await stage(binding);
  const asked = await client.sendMessage(say('ask'));
  assert.equal(stateOf(asked), 'INPUT_REQUIRED');
  assert.equal(statusText(asked), 'Which one?');
  const done = await client.sendMessage(say('the second', { taskId: asked.id }));
  assert.equal(done.id, asked.id);
  assert.equal(done.contextId, asked.contextId);
  assert.equal(stateOf(done), 'COMPLETED');
  assert.equal(statusText(done), 'chose the second');
  assert.deepEqual(done.history.map(textOf), ['ask', 'Which one?', 'the second', 'chose the second']);
});

both('a task may ask more than once', async (binding) => {
  const client = await stage(binding);
  const first = await client.sendMessage(say('ask twice'));
  assert.equal(statusText(first), 'the first?');
  const second = await client.sendMessage(say('one', { taskId: first.id, contextId: first.contextId }));
  assert.equal(stateOf(second), 'INPUT_REQUIRED');
  assert.equal(statusText(second), 'and the second?');
  const done = await client.sendMessage(say('two', { taskId: first.id }));
  assert.equal(statusText(done), 'two');
});

both('blocking send ends at auth-required and a message goes on', async (binding) => {
  const client = await stage(binding);
  const asked = await client.sendMessage(say('sign in'));
  assert.equal(stateOf(asked), 'AUTH_REQUIRED');
  assert.match(statusText(asked), /^Sign in at/);
  const done = await client.sendMessage(say('done', { taskId: asked.id }));
  assert.equal(stateOf(done), 'COMPLETED');
  assert.equal(statusText(done), 'welcome');
});

both('a rejection and a failure are tasks that ended so', async (binding) => {
  const client = await stage(binding);
  const rejected = await client.sendMessage(say('refuse'));
  assert.equal(stateOf(rejected), 'REJECTED');
  assert.equal(statusText(rejected), 'not on this stage');
  const failed = await client.sendMessage(say('break'));
  assert.equal(stateOf(failed), 'FAILED');
  assert.equal(statusText(failed), 'no luck today');
});

both('returnImmediately gives the task at once', async (binding) => {
  const client = await stage(binding);
  const task = await client.sendMessage(say('forever', { configuration: { returnImmediately: true } }));
  assert.ok(['SUBMITTED', 'WORKING'].includes(stateOf(task)), stateOf(task));
  assert.equal(textOf(task.history[0]), 'forever');
  assert.equal(stateOf(await client.cancelTask({ id: task.id })), 'CANCELED');
});

both('a task that was returned immediately goes on by itself', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('nap', { configuration: { returnImmediately: true } }));
  const done = await until('the nap ends', async () => {
    const now = await client.getTask({ id });
    return stateOf(now) === 'COMPLETED' && now;
  });
  assert.equal(statusText(done), 'awake');
});

both('historyLength of a send', async (binding) => {
  const client = await stage(binding);
  const asked = await client.sendMessage(say('ask', { configuration: { historyLength: 0 } }));
  assert.deepEqual(asked.history, []);
  assert.equal('history' in resultOf(client.wire.last, binding).task, false);
  const done = await client.sendMessage(say('two', { taskId: asked.id, configuration: { historyLength: 2 } }));
  assert.deepEqual(done.history.map(textOf), ['two', 'chose two']);
});

both('acceptedOutputModes that an agent has are fine', async (binding) => {
  const client = await connect(server.base('plain'), binding);
  const configuration = { acceptedOutputModes: ['image/png', 'text/plain'] };
  const task = await client.sendMessage(say('hello', { configuration }));
  assert.equal(statusText(task), 'hello');
});

both('parts that a client does not accept are left out', async (binding) => {
  const client = await stage(binding);
  const send = (...acceptedOutputModes) => client.sendMessage(say('files', { configuration: { acceptedOutputModes } }));
  const kinds = (task) => task.artifacts.flatMap((each) => each.parts.map((part) => part.content.$case));
  assert.deepEqual(kinds(await send('image/png')), ['raw']);
  const texts = await send('text/plain');
  // Data can be told as text; an artifact of which nothing is left would be none.
  assert.deepEqual(kinds(texts), ['text', 'text', 'text']);
  assert.deepEqual(texts.artifacts.map((each) => each.artifactId), ['table', 'list', 'note']);
  assert.deepEqual(JSON.parse(texts.artifacts.find((each) => each.artifactId === 'list').parts[0].content.value), ['a', 1]);
  assert.equal(kinds(await send('text/*', 'application/json', 'image/*')).length, 6);
});

both('acceptedOutputModes that an agent has not are refused before anything begins', async (binding) => {
  const client = await connect(server.base('plain'), binding);
  const contextId = randomUUID();
  const configuration = { acceptedOutputModes: ['image/png'] };
  await refused(client.sendMessage(say('hello', { contextId, configuration })), client, 'ContentTypeNotSupportedError');
  assert.equal((await client.listTasks(listing({ contextId }))).totalSize, 0);
});

both('a direct message is a message and no task', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const message = await client.sendMessage(say('message hello there', { contextId }));
  assert.equal(message.status, undefined);
  assert.equal(roleOf(message), 'ROLE_AGENT');
  assert.equal(textOf(message), 'hello there');
  assert.equal(message.contextId, contextId);
  assert.ok(message.messageId);
  assert.deepEqual(Object.keys(resultOf(client.wire.last, binding)), ['message']);
});

both('chunks of an artifact are one artifact in the task', async (binding) => {
  const client = await stage(binding);
  const task = await client.sendMessage(say('report'));
  assert.equal(task.artifacts.length, 1);
  const [report] = task.artifacts;
  assert.equal(report.artifactId, 'report');
  assert.equal(report.name, 'Report');
  assert.deepEqual(report.parts.map((each) => each.content.value), ['first, ', 'second, ', 'third']);
});

both('an artifact without append replaces the one of its id', async (binding) => {
  const task = await (await stage(binding)).sendMessage(say('rewrite'));
  assert.deepEqual(task.artifacts.map(textOf), ['second draft']);
});

both('files by raw and by url and data arrive as they are', async (binding) => {
  const client = await stage(binding);
  const task = await client.sendMessage(say('files'));
  const [picture, page, table, list, note] = task.artifacts;
  assert.equal(picture.parts[0].content.$case, 'raw');
  assert.equal(picture.parts[0].content.value.toString('hex'), '89504e470d0a1a0a');
  assert.equal(picture.parts[0].mediaType, 'image/png');
  assert.equal(picture.parts[0].filename, 'dot.png');
  assert.deepEqual(page.parts[0].content, { $case: 'url', value: 'https://example.org/page.html' });
  assert.equal(page.parts[0].mediaType, 'text/html');
  assert.deepEqual(table.parts[0].content.value, { rows: [1, 2.5, 'three', null, true], nested: { deep: {} } });
  assert.deepEqual(table.parts[0].metadata, { unit: 'm' });
  assert.deepEqual(list.parts[0].content, { $case: 'data', value: ['a', 1] });
  assert.equal(note.parts.length, 2);
  assert.equal(note.parts[0].mediaType, 'text/markdown');

  const raw = resultOf(client.wire.last, binding).task.artifacts;
  assert.deepEqual(raw[0].parts, [{ raw: 'iVBORw0KGgo=', mediaType: 'image/png', filename: 'dot.png' }]);
});

both('a message of every kind of part is kept as it was said', async (binding) => {
  const client = await stage(binding);
  const parts = [
    { text: 'say all of it', metadata: { lang: 'en' } },
    { raw: Buffer.from([0, 1, 254, 255]).toString('base64'), mediaType: 'image/png', filename: 'in.png' },
    { url: 'https://example.org/in.png', mediaType: 'image/png' },
    { data: { deep: [{ er: null }] }, mediaType: 'application/json' },
  ];
  const more = { metadata: { trace: { id: 7 } }, extensions: ['https://example.org/ext/v1'] };
  const { id } = await client.sendMessage(say(parts, more));
  await client.getTask({ id });
  const [first] = resultOf(client.wire.last, binding).history;
  assert.deepEqual(first.parts, parts);
  assert.deepEqual(first.metadata, more.metadata);
  assert.deepEqual(first.extensions, more.extensions);
});

both('parts beyond what an agent takes are refused', async (binding) => {
  const client = await connect(server.base('plain'), binding);
  const picture = [{ raw: 'AAEC', mediaType: 'image/png' }];
  await refused(client.sendMessage(say(picture)), client, 'ContentTypeNotSupportedError');
});

const cues = {
  artifacts: (task) => assert.deepEqual(task.artifacts.map((each) => each.parts.length), [2]),
  files: (task) => assert.deepEqual(task.artifacts.map((each) => each.parts[0].content.$case), ['raw', 'url']),
  data: (task) => assert.deepEqual(task.artifacts[0].parts[0].content.value, { on: ['cue'] }),
  message: (message) => assert.equal(textOf(message), 'on cue'),
  ask: (task) => assert.equal(stateOf(task), 'INPUT_REQUIRED'),
  auth: (task) => assert.equal(stateOf(task), 'AUTH_REQUIRED'),
  refuse: (task) => assert.equal(stateOf(task), 'REJECTED'),
  break: (task) => assert.equal(stateOf(task), 'FAILED'),
  wait: (task) => assert.equal(stateOf(task), 'COMPLETED'),
};

both('scenes are matched by message_id alone', async (binding) => {
  const client = await connect(server.base('cued'), binding);
  for (const [cue, check] of Object.entries(cues)) {
    check(await client.sendMessage(say('anything', { messageId: `cue-${cue}-${randomUUID()}` })));
  }
});

both('the context is made when there is none and kept when there is one', async (binding) => {
  const client = await stage(binding);
  const made = await client.sendMessage(say('say one'));
  const mine = `my context / ${randomUUID()}`;
  const kept = await client.sendMessage(say('say two', { contextId: mine }));
  assert.equal(kept.contextId, mine);
  assert.notEqual(made.contextId, mine);
  const next = await client.sendMessage(say('say three', { contextId: mine, referenceTaskIds: [kept.id] }));
  assert.equal(next.contextId, mine);
  assert.notEqual(next.id, kept.id);
  assert.deepEqual(next.history[0].referenceTaskIds, [kept.id]);
});

both('a context that is not the one of the task is refused', async (binding) => {
  const client = await stage(binding);
  const asked = await client.sendMessage(say('ask'));
  await invalid(client.sendMessage(say('this', { taskId: asked.id, contextId: randomUUID() })), client);
  assert.equal(stateOf(await client.getTask({ id: asked.id })), 'INPUT_REQUIRED');
});

both('a message to an unknown task is refused', async (binding) => {
  const client = await stage(binding);
  await refused(client.sendMessage(say('this', { taskId: randomUUID() })), client, 'TaskNotFoundError');
});

both('a message to a task that ended is refused', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('say it'));
  await refused(client.sendMessage(say('again', { taskId: id })), client, 'UnsupportedOperationError');
});

both('a message without parts or id is refused', async (binding) => {
  const client = await stage(binding);
  await invalid(client.sendMessage(say([])), client);
  await invalid(client.sendMessage(say('say it', { messageId: '' })), client);
});

both('a message to a task at work reaches it', async (binding) => {
  const client = await stage(binding);
  const configuration = { returnImmediately: true };
  const { id } = await client.sendMessage(say('forever', { configuration }));
  const told = await client.sendMessage(say('hurry', { taskId: id, configuration }));
  assert.equal(told.id, id);
  await until('it is in the history', async () => textOf((await client.getTask({ id })).history.at(-1)) === 'hurry');
  assert.equal(stateOf(await client.cancelTask({ id })), 'CANCELED');
});

both('a caller who hangs up does not cancel the task', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const hangUp = new AbortController();
  const answer = failure(client.sendMessage(say('nap', { contextId }), { signal: hangUp.signal }));
  const list = async () => (await client.listTasks(listing({ contextId }))).tasks;
  await until('the task is there', async () => (await list()).length === 1);
  hangUp.abort();
  assert.equal((await answer).name, 'AbortError');
  const done = await until('the nap ends', async () => (await list()).find((each) => stateOf(each) === 'COMPLETED'));
  assert.equal(statusText(done), 'awake');
});

both('an agent that keeps nothing answers alike', async (binding) => {
  const client = await connect(server.base('fleeting'), binding);
  assert.equal(statusText(await client.sendMessage(say('hello'))), 'hello');
  const asked = await client.sendMessage(say('ask'));
  assert.equal(stateOf(asked), 'INPUT_REQUIRED');
  const done = await client.sendMessage(say('this', { taskId: asked.id }));
  assert.equal(statusText(done), 'chose this');
  assert.equal(stateOf(await client.getTask({ id: done.id })), 'COMPLETED');
});

both('messageId is a key only where the extension is asked for', async (binding) => {
  const client = await stage(binding);
  const messageId = randomUUID();
  const send = (headers) => client.sendMessage(say('say once', { messageId }), { serviceParameters: headers });
  const first = await send({});
  assert.notEqual((await send({})).id, first.id);

  const uri = 'https://mofa.dev/a2a/extensions/idempotent-messages/v1';
  const key = randomUUID();
  const sendOnce = () => client.sendMessage(say('say once', { messageId: key }), { serviceParameters: { 'A2A-Extensions': uri } });
  const once = await sendOnce();
  assert.match(client.wire.last.headers.get('a2a-extensions'), /idempotent-messages\/v1/);
  assert.equal((await sendOnce()).id, once.id);
});
