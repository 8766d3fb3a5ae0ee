// GetTask, ListTasks and CancelTask by the SDK 1.3.0.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { Server, until } from './lib/server.mjs';
import {
  assertWent, both, brief, collect, connect, invalid, listing, refused, resultOf, say, stateOf, statusText, textOf,
} from './lib/v1.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);

/** Tasks of one context of their own, oldest first. */
async function tasksOf(client, contextId, words) {
  const out = [];
  for (const each of words) out.push(await client.sendMessage(say(each, { contextId })));
  return out;
}

const ids = (tasks) => tasks.map((each) => each.id);
const newestFirst = (tasks) => ids(tasks).reverse();

both('get gives the task as it is', async (binding) => {
  const client = await stage(binding);
  const sent = await client.sendMessage(say('report'));
  const got = await client.getTask({ id: sent.id });
  assertWent(client.wire.last, binding, 'GetTask', `GET /tasks/${sent.id}`);
  assert.deepEqual(got, sent);
  const raw = resultOf(client.wire.last, binding);
  assert.equal(raw.id, sent.id);
  assert.equal(raw.status.state, 'TASK_STATE_COMPLETED');
  assert.equal('task' in raw, false);
});

both('historyLength of a get', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('report'));
  const all = (await client.getTask({ id })).history.map(textOf);
  assert.deepEqual(all, ['report', 'reading', 'writing', 'reported']);
  const two = await client.getTask({ id, historyLength: 2 });
  assert.deepEqual(two.history.map(textOf), ['writing', 'reported']);
  const many = await client.getTask({ id, historyLength: 100 });
  assert.deepEqual(many.history.map(textOf), all);
  const none = await client.getTask({ id, historyLength: 0 });
  assert.deepEqual(none.history, []);
  assert.equal('history' in resultOf(client.wire.last, binding), false);
  await invalid(client.getTask({ id, historyLength: -1 }), client);
});

both('an unknown task is not found', async (binding) => {
  const client = await stage(binding);
  const id = randomUUID();
  const metadata = await refused(client.getTask({ id }), client, 'TaskNotFoundError');
  assert.equal(metadata?.taskId, id);
  await refused(client.getTask({ id: 'no id of ours' }), client, 'TaskNotFoundError');
});

both('a task of another agent is not found', async (binding) => {
  const plain = await connect(server.base('plain'), binding);
  const { id } = await plain.sendMessage(say('hello'));
  const client = await stage(binding);
  await refused(client.getTask({ id }), client, 'TaskNotFoundError');
  await refused(client.cancelTask({ id }), client, 'TaskNotFoundError');
  assert.equal(stateOf(await plain.getTask({ id })), 'COMPLETED');
});

both('list gives the newest first with its totals', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const tasks = await tasksOf(client, contextId, ['say one', 'say two', 'say three']);
  const list = await client.listTasks(listing({ contextId }));
  assertWent(client.wire.last, binding, 'ListTasks', `GET /tasks?contextId=${contextId}`);
  assert.deepEqual(ids(list.tasks), newestFirst(tasks));
  assert.equal(list.totalSize, 3);
  assert.equal(list.pageSize, 50);
  assert.equal(list.nextPageToken, '');
  const raw = resultOf(client.wire.last, binding);
  assert.deepEqual(Object.keys(raw).sort(), ['nextPageToken', 'pageSize', 'tasks', 'totalSize']);
  const stamps = raw.tasks.map((each) => each.status.timestamp);
  assert.deepEqual(stamps, [...stamps].sort().reverse());
});

both('an older task that changes comes to the front of the list', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const [asked, said] = await tasksOf(client, contextId, ['ask', 'say it']);
  // Statuses have milliseconds, and those of the same one go by the ids of their tasks.
  await until('a status is later', async () => (await client.sendMessage(say('say it'))).status.timestamp > said.status.timestamp);
  await client.sendMessage(say('this', { taskId: asked.id }));
  const list = await client.listTasks(listing({ contextId }));
  assert.deepEqual(ids(list.tasks), [asked.id, said.id]);
});

both('list by state', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const [done, asked, rejected] = await tasksOf(client, contextId, ['say it', 'ask', 'refuse']);
  const wanted = { TASK_STATE_COMPLETED: done, TASK_STATE_INPUT_REQUIRED: asked, TASK_STATE_REJECTED: rejected };
  for (const [status, task] of Object.entries(wanted)) {
    const list = await client.listTasks(listing({ contextId, status }));
    assert.deepEqual(ids(list.tasks), [task.id]);
    assert.equal(list.totalSize, 1);
  }
  const none = await client.listTasks(listing({ contextId, status: 'TASK_STATE_CANCELED' }));
  assert.deepEqual([none.tasks, none.totalSize, none.nextPageToken], [[], 0, '']);
  assert.deepEqual(resultOf(client.wire.last, binding).tasks, []);
});

both('list by the time of the last change', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const [, second, third] = await tasksOf(client, contextId, ['say one', 'nap', 'say three']);
  const filter = { contextId, statusTimestampAfter: second.status.timestamp };
  const list = await client.listTasks(listing(filter));
  assert.ok(ids(list.tasks).includes(third.id));
  assert.ok(list.totalSize <= 2);
  const later = await client.listTasks(listing({ contextId, statusTimestampAfter: '2999-01-01T00:00:00Z' }));
  assert.equal(later.totalSize, 0);
  await invalid(client.listTasks(listing({ contextId, statusTimestampAfter: 'yesterday' })), client);
});

both('pages are stable and their token ends empty', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  const tasks = await tasksOf(client, contextId, ['say 1', 'say 2', 'say 3', 'say 4', 'say 5']);
  const seen = [];
  const sizes = [];
  let pageToken;
  do {
    const page = await client.listTasks(listing({ contextId, pageSize: 2, pageToken }));
    assert.equal(page.totalSize, 5 + (sizes.length > 0 ? 1 : 0));
    assert.equal(page.pageSize, 2);
    assert.equal(typeof resultOf(client.wire.last, binding).nextPageToken, 'string');
    seen.push(...ids(page.tasks));
    sizes.push(page.tasks.length);
    pageToken = page.nextPageToken;
    // What is newer than the first page is on none of the next.
    if (sizes.length === 1) await tasksOf(client, contextId, ['say 6']);
  } while (pageToken);
  assert.deepEqual(sizes, [2, 2, 1]);
  assert.deepEqual(seen, newestFirst(tasks));
});

both('artifacts are in a list only when asked for', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  await tasksOf(client, contextId, ['report', 'say nothing']);
  await client.listTasks(listing({ contextId }));
  for (const each of resultOf(client.wire.last, binding).tasks) assert.equal('artifacts' in each, false);
  const [, reported] = (await client.listTasks(listing({ contextId, includeArtifacts: true }))).tasks;
  assert.equal(textOf(reported.artifacts[0]), 'first, second, third');
  const [said] = resultOf(client.wire.last, binding).tasks;
  assert.deepEqual(said.artifacts, []);
});

both('historyLength of a list', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  await tasksOf(client, contextId, ['report']);
  const last = await client.listTasks(listing({ contextId, historyLength: 1 }));
  assert.deepEqual(last.tasks[0].history.map(textOf), ['reported']);
  const none = await client.listTasks(listing({ contextId, historyLength: 0 }));
  assert.deepEqual(none.tasks[0].history, []);
  assert.equal('history' in resultOf(client.wire.last, binding).tasks[0], false);
});

both('sizes and tokens of pages that cannot be are refused', async (binding) => {
  const client = await stage(binding);
  for (const pageSize of [0, 101, -1]) await invalid(client.listTasks(listing({ pageSize })), client);
  await invalid(client.listTasks(listing({ pageToken: 'made up' })), client);
  await invalid(client.listTasks(listing({ historyLength: -1 })), client);
});

both('a list holds the tasks of its agent only', async (binding) => {
  const contextId = randomUUID();
  const client = await stage(binding);
  const plain = await connect(server.base('plain'), binding);
  const mine = await client.sendMessage(say('say it', { contextId }));
  await plain.sendMessage(say('hello', { contextId }));
  assert.deepEqual(ids((await client.listTasks(listing({ contextId }))).tasks), [mine.id]);
});

both('cancel gives the task canceled', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('forever', { configuration: { returnImmediately: true } }));
  const canceled = await client.cancelTask({ id, metadata: { why: 'enough' } });
  assertWent(client.wire.last, binding, 'CancelTask', `POST /tasks/${id}:cancel`);
  assert.equal(canceled.id, id);
  assert.equal(stateOf(canceled), 'CANCELED');
  resultOf(client.wire.last, binding);
  assert.equal(stateOf(await client.getTask({ id })), 'CANCELED');
});

both('cancel ends a task that asks', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('ask'));
  assert.equal(stateOf(await client.cancelTask({ id })), 'CANCELED');
  await refused(client.sendMessage(say('this', { taskId: id })), client, 'UnsupportedOperationError');
});

both('a task that ended cannot be canceled', async (binding) => {
  const client = await stage(binding);
  for (const words of ['say it', 'break', 'refuse']) {
    const task = await client.sendMessage(say(words));
    await refused(client.cancelTask({ id: task.id }), client, 'TaskNotCancelableError');
    assert.deepEqual((await client.getTask({ id: task.id })).status, task.status);
  }
});

both('an unknown task cannot be canceled', async (binding) => {
  const client = await stage(binding);
  await refused(client.cancelTask({ id: randomUUID() }), client, 'TaskNotFoundError');
});

both('a cancel that is told twice at one time ends the task once', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('forever', { configuration: { returnImmediately: true } }));
  const outcomes = await Promise.allSettled([client.cancelTask({ id }), client.cancelTask({ id })]);
  const done = outcomes.filter((each) => each.status === 'fulfilled').map((each) => stateOf(each.value));
  assert.ok(done.length >= 1);
  assert.ok(done.every((each) => each === 'CANCELED'));
  assert.ok(outcomes.every((each) => each.status === 'fulfilled' || each.reason.name === 'TaskNotCancelableError'));
});

both('a direct message leaves no task that is at work', async (binding) => {
  const client = await stage(binding);
  const contextId = randomUUID();
  await client.sendMessage(say('message hello', { contextId }));
  const { tasks } = await client.listTasks(listing({ contextId }));
  assert.ok(tasks.every((each) => stateOf(each) === 'COMPLETED'), tasks.map(statusText).join());
});

both('a task outlives the server unless its agent keeps nothing', async (binding) => {
  const other = await new Server().start();
  try {
    const [client, fleeting] = [await connect(other.base('stage'), binding), await connect(other.base('fleeting'), binding)];
    const kept = await client.sendMessage(say('stepwise'));
    const { id: napping } = await client.sendMessage(say('nap', { configuration: { returnImmediately: true } }));
    const lost = await fleeting.sendMessage(say('ask'));
    await other.kill();
    await other.start();

    const again = await connect(other.base('stage'), binding);
    assert.deepEqual(await again.getTask({ id: kept.id }), kept);
    const stream = again.resubscribeTask({ id: kept.id });
    assert.equal(brief((await stream.next()).value), 'task INPUT_REQUIRED');
    await again.sendMessage(say('yes', { taskId: kept.id }));
    assert.equal(brief((await collect(stream)).at(-1)), 'status COMPLETED stepwise done');
    await until('the nap ends', async () => stateOf(await again.getTask({ id: napping })) === 'COMPLETED');
    const forgetful = await connect(other.base('fleeting'), binding);
    await refused(forgetful.getTask({ id: lost.id }), forgetful, 'TaskNotFoundError');
  } finally {
    await other.stop();
  }
});

both('many at one time do not disturb each other', async (binding) => {
  const client = await stage(binding);
  const streams = Array.from({ length: 40 }, (_, index) => collect(client.sendMessageStream(say(`report ${index}`))));
  const sends = Array.from({ length: 40 }, (_, index) => client.sendMessage(say(`say ${index}`)));
  for (const events of await Promise.all(streams)) {
    assert.deepEqual(events.map((each) => brief(each).split(' ', 2).join(' ')), [
      'task SUBMITTED',
      'status WORKING',
      'artifact report',
      'artifact report',
      'status WORKING',
      'artifact report',
      'status COMPLETED',
    ]);
  }
  assert.deepEqual((await Promise.all(sends)).map(statusText), sends.map((_, index) => String(index)));
});
