// SendStreamingMessage and SubscribeToTask by the SDK 1.3.0: which events, in which order, how they look on the wire.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { Server, until } from './lib/server.mjs';
import {
  assertWent, both, brief, collect, connect, failure, refused, say, stateOf, statusText, streamOf, textOf,
} from './lib/v1.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);

/** Sends the words as a stream and gives its events in brief. */
async function play(client, words, more) {
  const events = await collect(client.sendMessageStream(say(words, more)));
  streamOf(client.wire.last, client.binding);
  return events.map(brief);
}

/** Starts a task and gives its id while it is at work. */
async function start(client, words) {
  return (await client.sendMessage(say(words, { configuration: { returnImmediately: true } }))).id;
}

both('a stream begins with the task and closes at its end', async (binding) => {
  const client = await stage(binding);
  const request = say('say hello');
  const events = await collect(client.sendMessageStream(request));
  assertWent(client.wire.last, binding, 'SendStreamingMessage', 'POST /message:stream');
  assert.equal(client.wire.last.sent.get('accept'), 'text/event-stream');
  assert.deepEqual(events.map(brief), ['task SUBMITTED', 'status COMPLETED hello']);
  const [{ payload: { value: task } }, { payload: { value: update } }] = events;
  assert.deepEqual(task.history.map((each) => each.messageId), [request.message.messageId]);
  assert.deepEqual(task.artifacts, []);
  assert.equal(update.taskId, task.id);
  assert.equal(update.contextId, task.contextId);

  const raw = streamOf(client.wire.last, binding);
  assert.deepEqual(raw.map((each) => Object.keys(each)), [['task'], ['statusUpdate']]);
  assert.equal(raw[1].statusUpdate.status.state, 'TASK_STATE_COMPLETED');
  assert.equal('final' in raw[1].statusUpdate, false);
  assert.equal('kind' in raw[1].statusUpdate, false);
});

both('chunks of an artifact come in order between the states', async (binding) => {
  assert.deepEqual(await play(await stage(binding), 'report'), [
    'task SUBMITTED',
    'status WORKING reading',
    'artifact report "first, "',
    'artifact report append "second, "',
    'status WORKING writing',
    'artifact report append last "third"',
    'status COMPLETED reported',
  ]);
});

both('an artifact beyond the size of an event that the SDK takes comes in chunks', async (binding) => {
  const client = await stage(binding);
  const words = `bulk ${'0123456789'.repeat(100_000)}`;
  const events = await collect(client.sendMessageStream(say(words)));
  const pieces = events.filter((each) => each.payload.$case === 'artifactUpdate').map((each) => each.payload.value);
  assert.ok(pieces.length > 1);
  assert.deepEqual(pieces.map((each) => each.append), pieces.map((_, index) => index > 0));
  assert.deepEqual(pieces.map((each) => each.lastChunk), pieces.map((_, index) => index === pieces.length - 1));
  assert.ok(pieces.map((each) => textOf(each.artifact)).join('') === words.repeat(5), 'the pieces are the whole');
});

both('files and data are streamed as artifacts', async (binding) => {
  const client = await stage(binding);
  const events = await collect(client.sendMessageStream(say('files')));
  const parts = events
    .filter((each) => each.payload.$case === 'artifactUpdate')
    .map(({ payload: { value } }) => [value.artifact.artifactId, value.artifact.parts[0].content.$case, value.append, value.lastChunk]);
  assert.deepEqual(parts, [
    ['picture', 'raw', false, true],
    ['page', 'url', false, true],
    ['table', 'data', false, true],
    ['list', 'data', false, true],
    ['note', 'text', false, true],
  ]);
  assert.equal(brief(events.at(-1)), 'status COMPLETED five artifacts');
});

both('a direct message is the only event', async (binding) => {
  assert.deepEqual(await play(await stage(binding), 'message hello there'), ['message hello there']);
});

both('a rejection and a failure end the stream', async (binding) => {
  const client = await stage(binding);
  assert.deepEqual(await play(client, 'refuse'), ['task SUBMITTED', 'status REJECTED not on this stage']);
  assert.deepEqual(await play(client, 'break'), ['task SUBMITTED', 'status WORKING trying', 'status FAILED no luck today']);
});

for (const [words, state] of [['ask', 'INPUT_REQUIRED'], ['sign in', 'AUTH_REQUIRED']]) {
  both(`a stream stays open at ${state.toLowerCase().replace('_', '-')}`, async (binding) => {
    const client = await stage(binding);
    const seen = [];
    for await (const event of client.sendMessageStream(say(words))) {
      seen.push(brief(event).split(' ', 2).join(' '));
      if (event.payload.value.status?.state && stateOf(event.payload.value) === state) {
        await client.sendMessage(say('the answer', { taskId: event.payload.value.taskId }));
      }
    }
    assert.equal(seen[0], 'task SUBMITTED');
    const asked = seen.indexOf(`status ${state}`);
    assert.ok(asked > 0, seen.join());
    assert.equal(seen.at(-1), 'status COMPLETED');
    assert.ok(asked < seen.length - 1);
  });
}

both('the stream of a follow-up begins with the task as it is now', async (binding) => {
  const client = await stage(binding);
  const asked = await client.sendMessage(say('ask'));
  const events = await collect(client.sendMessageStream(say('this one', { taskId: asked.id })));
  assert.equal(brief(events[0]), 'task WORKING');
  const { value: task } = events[0].payload;
  assert.equal(task.id, asked.id);
  assert.deepEqual(task.history.map(textOf), ['ask', 'Which one?', 'this one']);
  assert.equal(brief(events.at(-1)), 'status COMPLETED chose this one');
});

both('a cancel ends the streams of the task', async (binding) => {
  const client = await stage(binding);
  const seen = [];
  for await (const event of client.sendMessageStream(say('forever'))) {
    seen.push(brief(event));
    if (brief(event).startsWith('status WORKING')) await client.cancelTask({ id: event.payload.value.taskId });
  }
  assert.deepEqual(seen.slice(0, 2), ['task SUBMITTED', 'status WORKING until it is canceled']);
  assert.match(seen.at(-1), /^status CANCELED/);
});

both('who leaves a stream does not cancel the task', async (binding) => {
  const client = await stage(binding);
  let id;
  for await (const event of client.sendMessageStream(say('nap'))) {
    id = event.payload.value.id;
    break;
  }
  const done = await until('the nap ends', async () => {
    const now = await client.getTask({ id });
    return stateOf(now) === 'COMPLETED' && now;
  });
  assert.equal(statusText(done), 'awake');
});

both('words in every script come through a stream unhurt', async (binding) => {
  const words = 'naïve “quotes” "\\" \u2028 \u{1F980} 漢字 עברית\r\nline two\n\ndata: line four';
  const client = await stage(binding);
  const events = await collect(client.sendMessageStream(say(`say ${words}`)));
  assert.equal(statusText(events.at(-1).payload.value), words);
});

both('words of a model come as they are spoken', async (binding) => {
  const story = 'Once upon a time there was a server that spoke one word after the other until the story was told.';
  const client = await connect(server.base('narrator'), binding);
  const events = await collect(client.sendMessageStream(say('tell')));
  assert.equal(brief(events[0]), 'task SUBMITTED');
  const spoken = events.filter((each) => each.payload.$case === 'artifactUpdate').map((each) => each.payload.value);
  assert.ok(spoken.length > 2, `${spoken.length} pieces`);
  assert.ok(spoken.every((each) => each.artifact.artifactId === 'spoken-text'));
  assert.deepEqual(spoken.map((each) => each.append), spoken.map((_, index) => index > 0));
  assert.deepEqual(spoken.map((each) => each.lastChunk), spoken.map((_, index) => index === spoken.length - 1));
  assert.equal(spoken.map((each) => textOf(each.artifact)).join(''), story);
  assert.equal(brief(events.at(-1)), `status COMPLETED ${story}`);
  const task = await client.getTask({ id: events[0].payload.value.id });
  assert.equal(textOf(task.artifacts.find((each) => each.artifactId === 'spoken-text')), story);
});

both('the words of each call of a model begin anew', async (binding) => {
  const client = await connect(server.base('narrator'), binding);
  const events = await collect(client.sendMessageStream(say('sum')));
  const calls = [];
  for (const { payload: { $case: kind, value } } of events) {
    if (kind !== 'artifactUpdate') continue;
    if (!value.append) calls.push({ text: '', ends: 0 });
    calls.at(-1).text += textOf(value.artifact);
    calls.at(-1).ends += value.lastChunk ? 1 : 0;
  }
  assert.deepEqual(calls, [{ text: 'Let me see.', ends: 1 }, { text: 'It is 391.', ends: 1 }]);
});

both('an agent that keeps nothing is streamed alike', async (binding) => {
  const client = await connect(server.base('fleeting'), binding);
  assert.deepEqual(await play(client, 'nap'), [
    'task SUBMITTED',
    'status WORKING asleep',
    'artifact dream last "of sheep"',
    'status COMPLETED awake',
  ]);
});

both('errors before a stream are plain answers', async (binding) => {
  const client = await stage(binding);
  const unknown = collect(client.sendMessageStream(say('this', { taskId: randomUUID() })));
  await refused(unknown, client, 'TaskNotFoundError');
});

/** A subscription whose snapshot has come; `rest()` is what follows, in brief. */
async function subscribe(client, id) {
  const stream = client.resubscribeTask({ id });
  const snapshot = (await stream.next()).value;
  assert.equal(snapshot.payload.$case, 'task');
  return { snapshot: snapshot.payload.value, leave: () => stream.return(), rest: async () => (await collect(stream)).map(brief) };
}

const goOn = (client, taskId) => client.sendMessage(say('yes', { taskId }));
const secondHalf = ['status WORKING step 2', 'artifact log append last "two"', 'status COMPLETED stepwise done'];

both('a subscription begins with the task and ends with it', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('stepwise'));
  const listener = await stage(binding);
  const { snapshot, rest } = await subscribe(listener, id);
  assertWent(listener.wire.last, binding, 'SubscribeToTask', `POST /tasks/${id}:subscribe`);
  assert.equal(snapshot.id, id);
  assert.equal(stateOf(snapshot), 'INPUT_REQUIRED');
  assert.equal(textOf(snapshot.artifacts[0]), 'one ');
  assert.deepEqual(snapshot.history.map(textOf), ['stepwise', 'step 1', 'go on?']);
  await goOn(client, id);
  const events = await rest();
  assert.deepEqual(events.slice(-secondHalf.length), secondHalf);
  assert.ok(events.every((each) => !each.startsWith('task')));
  streamOf(listener.wire.last, binding);
});

both('a snapshot and what follows it are the whole task', async (binding) => {
  const client = await stage(binding);
  const id = await start(client, 'drip');
  const listen = async () => {
    const stream = (await stage(binding)).resubscribeTask({ id });
    const { value: { payload: { value: task } } } = await stream.next();
    return { before: textOf(task.artifacts[0]), rest: collect(stream) };
  };
  // One after the other they join, until all has been said.
  const listeners = [];
  const asks = async () => stateOf(await client.getTask({ id })) === 'INPUT_REQUIRED';
  do listeners.push(await listen());
  while (listeners.length < 60 && !(await asks()));
  await until('all drops have fallen', asks);
  await goOn(client, id);
  for (const { before, rest } of listeners) {
    const drops = (await rest).filter((each) => each.payload.$case === 'artifactUpdate').map(({ payload: { value } }) => textOf(value.artifact));
    assert.equal(before + drops.join(''), '123456');
  }
});

both('all subscribers get the same events in the same order', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('stepwise'));
  const others = await Promise.all([1, 2, 3, 4].map(() => stage(binding)));
  const all = await Promise.all(others.map((each) => subscribe(each, id)));
  await goOn(client, id);
  const told = await Promise.all(all.map((each) => each.rest()));
  assert.deepEqual(told[0].slice(-secondHalf.length), secondHalf);
  const raw = others.map((each) => streamOf(each.wire.last, binding).map((event) => JSON.stringify(event)));
  for (const each of raw) assert.deepEqual(each, raw[0]);
});

both('one subscriber who leaves does not disturb the others', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('stepwise'));
  const [goes, stays] = [await subscribe(await stage(binding), id), await subscribe(await stage(binding), id)];
  await goes.leave();
  await goOn(client, id);
  assert.deepEqual((await stays.rest()).slice(-secondHalf.length), secondHalf);
});

both('a subscription to a task that asks stays until it is answered', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('ask'));
  const seen = [];
  for await (const event of client.resubscribeTask({ id })) {
    if (seen.length === 0) await client.sendMessage(say('this', { taskId: id }));
    seen.push(brief(event));
  }
  assert.equal(seen[0], 'task INPUT_REQUIRED');
  assert.equal(seen.at(-1), 'status COMPLETED chose this');
});

both('a message beyond the size of an event that the SDK takes is told by its beginning', async (binding) => {
  const client = await stage(binding);
  const words = `say ${'0123456789'.repeat(500_000)}`;
  const events = await collect(client.sendMessageStream(say(words)));
  assert.deepEqual(events.map((each) => each.payload.$case), ['task', 'statusUpdate']);
  const { taskId, status } = events[1].payload.value;
  assert.equal(status.message.metadata['mofa.dev/cut'], true);
  const whole = textOf((await client.getTask({ id: taskId })).status.message);
  assert.ok(whole === words.slice('say '.length), 'the task has the whole');
  assert.ok(whole.startsWith(textOf({ parts: status.message.parts.slice(0, 1) })), 'the event has its beginning');
});

both('a subscription to a task that ended is refused', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('say it'));
  await refused(collect(client.resubscribeTask({ id })), client, 'UnsupportedOperationError');
});

both('a subscription to an unknown task is refused', async (binding) => {
  const client = await stage(binding);
  await refused(collect(client.resubscribeTask({ id: randomUUID() })), client, 'TaskNotFoundError');
});

both('Last-Event-ID goes on after an event', async (binding) => {
  const client = await stage(binding);
  let id;
  for await (const event of client.sendMessageStream(say('stepwise'))) {
    id = event.payload.value.id ?? id;
    if (brief(event).startsWith('artifact')) break;
  }
  const last = client.wire.last.events.find(({ data }) => (data.result ?? data).artifactUpdate).id;
  assert.match(last, /^\d+$/);
  const serviceParameters = { 'Last-Event-ID': last, 'A2A-Extensions': 'https://mofa.dev/a2a/extensions/event-ids/v1' };
  const resumed = client.resubscribeTask({ id }, { serviceParameters });
  const first = brief((await resumed.next()).value);
  assert.equal(first, 'status INPUT_REQUIRED go on?', 'no snapshot, what was missed');
  const { wire } = client;
  const listening = wire.last;
  await goOn(await stage(binding), id);
  assert.deepEqual((await collect(resumed)).map(brief).slice(-secondHalf.length), secondHalf);
  const numbers = listening.events.map((each) => Number(each.id));
  assert.ok(numbers.every((each, index) => each > (index ? numbers[index - 1] : Number(last))), numbers.join());
});

both('a stream that its reader aborts leaves the task at work', async (binding) => {
  const client = await stage(binding);
  const cut = new AbortController();
  const reading = (async () => {
    for await (const event of client.sendMessageStream(say('forever'), { signal: cut.signal })) {
      if (brief(event).startsWith('status WORKING')) {
        const { taskId } = event.payload.value;
        cut.abort();
        const task = await client.getTask({ id: taskId });
        assert.equal(stateOf(task), 'WORKING');
        await client.cancelTask({ id: taskId });
      }
    }
  })();
  assert.equal((await failure(reading)).name, 'AbortError');
});
