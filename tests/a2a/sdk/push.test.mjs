// Push notifications as they reach a receiver: what is posted, in which order, and what happens when the receiver or the
// server is in trouble. Configured by the SDK's clients of both versions.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { StreamResponse } from 'a2a-1.3';
import { Server, newKey, until } from './lib/server.mjs';
import { Webhook, hang } from './lib/webhook.mjs';
import * as v03 from './lib/v03.mjs';
import { Wire } from './lib/wire.mjs';
import { brief, connect, invalid, pushConfig, pushConfigsOf, refused, rest, rpc, say, stateOf, statusText } from './lib/v1.mjs';

const patient = { timeout: 30_000 };
// A receiver that stalls for seconds is not posted the same again: what is posted is exact.
const push = { attempts: 10, first_pause_ms: 40, longest_pause_ms: 400, timeout_ms: 10_000 };
const server = new Server({ a2a: { push } });
const hook = new Webhook();
before(() => Promise.all([server.start(), hook.start()]), { timeout: 30_000 });
after(() => Promise.all([server.stop(), hook.stop()]));

let paths = 0;
/** A path of its own for each test. */
const place = () => {
  const path = `/hook/${++paths}`;
  return { path, url: new URL(path, hook.url).href };
};

const briefs = (bodies) => bodies.map((body) => brief(StreamResponse.fromJSON(body)));

/** What `slowly` posts. */
const slowly = [
  'status WORKING step 1',
  'artifact log "one "',
  'status WORKING step 2',
  'artifact log append last "two"',
  'task COMPLETED',
];

/** What `ask` posts before it is answered. */
const asked = ['status WORKING', 'status INPUT_REQUIRED Which one?'];

/** Sends the words with a configuration inside, without waiting for their end. */
async function sendWith(client, words, config) {
  const configuration = { returnImmediately: true, taskPushNotificationConfig: config };
  return (await client.sendMessage(say(words, { configuration }))).id;
}

/** Whether the log says that a receiver of the task is not told any more. */
const givenUp = (id, at = server) => at.log().split('\n').some((line) => line.includes('push given up') && line.includes(id));

/** Another task from its beginning to its end: whatever is done at once has been done since. */
async function elsewhere(client) {
  const { path, url } = place();
  await sendWith(client, 'slowly', { url });
  await until('another task is told to its end', () => briefs(hook.accepted(path)).at(-1) === 'task COMPLETED');
}

for (const binding of [rpc, rest]) {
  test(`push ${binding.name}: every event of a task is posted in order`, patient, async () => {
    const client = await connect(server.base('stage'), binding);
    const { path, url } = place();
    const id = await sendWith(client, 'slowly', { id: 'mine', url });
    await hook.count(slowly.length, path);
    const bodies = hook.accepted(path);
    assert.deepEqual(briefs(bodies), slowly);
    assert.deepEqual(bodies.map((each) => Object.keys(each).length), bodies.map(() => 1), 'one member says what it is');
    const { task } = bodies.at(-1);
    assert.equal(task.id, id);
    assert.equal(task.status.message.parts[0].text, 'slowly done');
    assert.deepEqual(task.artifacts[0].parts.map((each) => each.text), ['one ', 'two']);
    for (const each of bodies.slice(0, -1)) assert.equal((each.statusUpdate ?? each.artifactUpdate).taskId, id);
    for (const each of hook.requests.filter((one) => one.path === path)) {
      assert.equal(each.method, 'POST');
      assert.match(each.headers['content-type'], /^application\/a2a\+json/);
    }
  });

  test(`push ${binding.name}: Authorization and token are sent`, patient, async () => {
    const client = await connect(server.base('stage'), binding);
    const { path, url } = place();
    const config = { id: 'mine', url, token: 'token-1', authentication: { scheme: 'Bearer', credentials: 'credentials-1' } };
    await sendWith(client, 'slowly', config);
    await hook.count(slowly.length, path);
    for (const { headers } of hook.requests.filter((each) => each.path === path)) {
      assert.equal(headers.authorization, 'Bearer credentials-1');
      assert.equal(headers['x-a2a-notification-token'], 'token-1');
    }
  });

  test(`push ${binding.name}: questions and rejections and failures are posted`, patient, async () => {
    const client = await connect(server.base('stage'), binding);
    const { path, url } = place();
    const id = await sendWith(client, 'ask', { url });
    await hook.count(asked.length, path);
    assert.deepEqual(briefs(hook.accepted(path)), asked);
    await client.sendMessage(say('this', { taskId: id }));
    await until('the end is posted', () => briefs(hook.accepted(path)).at(-1) === 'task COMPLETED');
    for (const [words, end] of [['refuse', 'task REJECTED'], ['break', 'task FAILED']]) {
      const at = place();
      await sendWith(client, words, { url: at.url });
      await until('the end is posted', () => briefs(hook.accepted(at.path)).at(-1) === end);
    }
  });

  test(`push ${binding.name}: a direct message is posted as one`, patient, async () => {
    const client = await connect(server.base('stage'), binding);
    const { path, url } = place();
    await client.sendMessage(say('message hello', { configuration: { taskPushNotificationConfig: { url } } }));
    await hook.count(1, path);
    assert.deepEqual(briefs(hook.accepted(path)), ['message hello']);
  });

  test(`push ${binding.name}: each configuration of a task gets what comes after it`, patient, async () => {
    const client = await connect(server.base('stage'), binding);
    const [first, second] = [place(), place()];
    const id = await sendWith(client, 'stepwise', { id: 'first', url: first.url });
    await until('it asks', () => briefs(hook.accepted(first.path)).at(-1) === 'status INPUT_REQUIRED go on?');
    await client.createTaskPushNotificationConfig(pushConfig({ taskId: id, id: 'second', url: second.url }));
    await client.sendMessage(say('yes', { taskId: id }));
    await until('both have the end', () =>
      [first, second].every(({ path }) => briefs(hook.accepted(path)).at(-1) === 'task COMPLETED'));
    const [before, after] = [first, second].map(({ path }) => briefs(hook.accepted(path)));
    assert.deepEqual(before.slice(0, 3), ['status WORKING step 1', 'artifact log "one "', 'status INPUT_REQUIRED go on?']);
    assert.deepEqual(after.slice(-3), ['status WORKING step 2', 'artifact log append last "two"', 'task COMPLETED']);
    assert.deepEqual(after, before.slice(3));
  });

  test(`push ${binding.name}: a configuration that is deleted gets nothing more`, patient, async () => {
    const client = await connect(server.base('stage'), binding);
    const [gone, stays] = [place(), place()];
    const id = await sendWith(client, 'ask', { id: 'gone', url: gone.url });
    await client.createTaskPushNotificationConfig(pushConfig({ taskId: id, id: 'stays', url: stays.url }));
    await hook.count(asked.length, gone.path);
    await client.deleteTaskPushNotificationConfig({ taskId: id, id: 'gone' });
    await client.sendMessage(say('this', { taskId: id }));
    await until('the other has the end', () => briefs(hook.accepted(stays.path)).at(-1) === 'task COMPLETED');
    assert.deepEqual(briefs(hook.accepted(gone.path)), asked);
  });
}

for (const binding of [v03.rpc, v03.rest]) {
  test(`push 0.3 ${binding.name}: a receiver is posted the task each time`, patient, async () => {
    const client = await v03.connect(server.base('stage'), binding);
    const { path, url } = place();
    const config = { id: 'mine', url, token: 'token-3', authentication: { schemes: ['Bearer'], credentials: 'credentials-3' } };
    const { id } = await client.sendMessage(v03.say('slowly', { configuration: { blocking: false, pushNotificationConfig: config } }));
    await until('the end is posted', () => hook.accepted(path).at(-1)?.status?.state === 'completed');
    const bodies = hook.accepted(path);
    for (const each of bodies) {
      assert.equal(each.kind, 'task');
      assert.equal(each.id, id);
    }
    assert.equal(bodies[0].status.state, 'working');
    for (const { headers } of hook.requests.filter((each) => each.path === path)) {
      assert.match(headers['content-type'], /^application\/json/);
      assert.equal(headers.authorization, 'Bearer credentials-3');
      assert.equal(headers['x-a2a-notification-token'], 'token-3');
    }
  });
}

test('push: configurations of both versions get each its own form', patient, async () => {
  const [modern, older] = [await connect(server.base('stage'), rest), await v03.connect(server.base('stage'), v03.rpc)];
  const [first, second] = [place(), place()];
  const taskId = await sendWith(modern, 'stepwise', { id: 'modern', url: first.url });
  await until('it asks', () => briefs(hook.accepted(first.path)).at(-1) === 'status INPUT_REQUIRED go on?');
  await older.setTaskPushNotificationConfig({ taskId, pushNotificationConfig: { id: 'older', url: second.url } });
  await older.sendMessage(v03.say('yes', { taskId }));
  await until('both have the end', () =>
    briefs(hook.accepted(first.path)).at(-1) === 'task COMPLETED' && hook.accepted(second.path).at(-1)?.status?.state === 'completed');
  assert.ok(hook.accepted(second.path).every((each) => each.kind === 'task' && each.id === taskId));
  assert.ok(hook.accepted(first.path).every((each) => !('kind' in each)));
});

test('push: what fails is tried again in order and Retry-After is heeded', patient, async () => {
  // Who hangs costs it all of this time.
  const timeout_ms = 3000;
  const hasty = await new Server({ a2a: { push: { ...push, timeout_ms, attempts: 20 } } }).start();
  const trouble = await new Webhook().start();
  try {
    const client = await connect(hasty.base('stage'), rpc);
    trouble.plan(500, { status: 429, headers: { 'Retry-After': '1' } }, hang, 503, 200, 408);
    await sendWith(client, 'slowly', { id: 'mine', url: trouble.url });
    await until('the end is posted', () => briefs(trouble.accepted()).at(-1) === 'task COMPLETED');
    assert.deepEqual(briefs(trouble.accepted()), slowly);
    const [first, limited, hung, unavailable, good] = trouble.requests;
    for (const each of [limited, hung, unavailable, good]) assert.equal(each.text, first.text, 'the same again');
    assert.ok(hung.at - limited.answered_at >= 950, `after ${hung.at - limited.answered_at} ms`);
    // From an answer that it has had: a request may have come before the receiver knew it.
    const waited = unavailable.at - limited.answered_at;
    assert.ok(waited >= 950 + timeout_ms, `a receiver that hangs has its time, not ${waited} ms`);
    assert.deepEqual(trouble.requests.map((each) => each.answer), [500, 429, 'none', 503, 200, 408, 200, 200, 200, 200]);
  } finally {
    await Promise.all([hasty.stop(), trouble.stop()]);
  }
});

test('push: a receiver that refuses is not asked again for the same', patient, async () => {
  const trouble = await new Webhook().start();
  try {
    const client = await connect(server.base('stage'), rpc);
    trouble.plan(404);
    const id = await sendWith(client, 'slowly', { id: 'mine', url: trouble.url });
    await until('the server gives up', () => givenUp(id));
    await until('the task ends', async () => stateOf(await client.getTask({ id })) === 'COMPLETED');
    await elsewhere(client);
    assert.equal(trouble.requests.length, 1);
  } finally {
    await trouble.stop();
  }
});

test('push: a receiver that refuses one event is told the next ones', patient, async () => {
  const trouble = await new Webhook().start();
  try {
    const client = await connect(server.base('stage'), rpc);
    trouble.plan(200, 400, 200, 422);
    const id = await sendWith(client, 'slowly', { id: 'mine', url: trouble.url });
    await until('the end is posted', () => trouble.requests.length === slowly.length);
    await elsewhere(client);
    assert.deepEqual(briefs(trouble.requests.map((each) => JSON.parse(each.text))), slowly);
    assert.ok(!givenUp(id));
    assert.equal((await client.getTaskPushNotificationConfig({ taskId: id, id: 'mine' })).url, trouble.url);
  } finally {
    await trouble.stop();
  }
});

test('push: the server gives up after so many attempts', patient, async () => {
  const trouble = await new Webhook().start();
  try {
    const client = await connect(server.base('stage'), rpc);
    trouble.plan(...Array(100).fill(500));
    const id = await sendWith(client, 'say it', { id: 'mine', url: trouble.url });
    await until('the server gives up', () => givenUp(id));
    await elsewhere(client);
    assert.equal(trouble.requests.length, push.attempts);
    assert.equal(new Set(trouble.requests.map((each) => each.text)).size, 1);
    // Each pause is twice the one before, half of it left to chance.
    const pauses = trouble.requests.slice(1).map((each, index) => each.at - trouble.requests[index].answered_at);
    const least = pauses.map((_, index) => Math.min(push.first_pause_ms * 2 ** index, push.longest_pause_ms) / 2 - 5);
    assert.ok(pauses.every((each, index) => each >= least[index]), pauses.join());
    assert.equal(statusText(await client.getTask({ id })), 'it');
    // Nobody is shown one that is told no more.
    await until('it is not shown', async () =>
      (await client.listTaskPushNotificationConfig(pushConfigsOf(id))).configs.length === 0);
    await refused(client.getTaskPushNotificationConfig({ taskId: id, id: 'mine' }), client, 'TaskNotFoundError');
  } finally {
    await trouble.stop();
  }
});

test('push: a redirect is not followed', patient, async () => {
  const [target, trouble] = [await new Webhook().start(), await new Webhook().start()];
  try {
    const client = await connect(server.base('stage'), rpc);
    trouble.plan(...Array(100).fill({ status: 307, headers: { Location: target.url } }));
    const id = await sendWith(client, 'say it', { url: trouble.url, token: 'secret' });
    await until('the server gives up', () => givenUp(id));
    await elsewhere(client);
    assert.equal(trouble.requests.length, 1);
    assert.equal(target.requests.length, 0);
  } finally {
    await Promise.all([target.stop(), trouble.stop()]);
  }
});

test('push: one receiver that hangs does not hold up the others', patient, async () => {
  // It may hang for longer than the test takes.
  const calm = await new Server({ a2a: { push: { ...push, timeout_ms: 60_000 } } }).start();
  const trouble = await new Webhook().start();
  try {
    const client = await connect(calm.base('stage'), rpc);
    trouble.plan(...Array(100).fill(hang));
    for (let i = 0; i < 20; ++i) await sendWith(client, 'say it', { url: trouble.url });
    await trouble.count(1);
    const { path, url } = place();
    await sendWith(client, 'say it', { url });
    await hook.count(1, path);
    assert.deepEqual(briefs(hook.accepted(path)), ['task COMPLETED']);
  } finally {
    await trouble.stop();
    await calm.stop();
  }
});

test('push: loopback is not posted to unless the configuration allows it', patient, async () => {
  const strict = await new Server({ a2a: { push: { ...push, allow_loopback: false } } }).start();
  const trouble = await new Webhook().start();
  try {
    const client = await connect(strict.base('stage'), rpc);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f000001', '169.254.169.254', '10.0.0.1']) {
      for (const scheme of ['http', 'https']) {
        const url = trouble.url.replace('http://127.0.0.1', `${scheme}://${host}`);
        await invalid(sendWith(client, 'say it', { url }), client);
      }
    }
    assert.equal(trouble.requests.length, 0);
  } finally {
    await Promise.all([strict.stop(), trouble.stop()]);
  }
});

/** Runs of the same body next to each other, as one: what a receiver that knows what it has makes of them. */
const once = (bodies) => bodies.filter((each, index) => index === 0 || JSON.stringify(each) !== JSON.stringify(bodies[index - 1]));

/** A bare task is as it was when it was posted: never older than the one before, in the end all of it. */
function onlyForward(tasks) {
  const parts = tasks.map((each) => each.artifacts?.[0]?.parts.length ?? 0);
  assert.deepEqual(parts, [...parts].sort());
  assert.equal(parts.at(-1), 2);
  assert.ok(tasks.slice(0, -1).every((each) => ['working', 'completed'].includes(each.status.state)));
}

for (const [version, start, check] of [
  ['1.0', async (origin, wire, config) => {
    const client = await connect(origin, rpc, { wire });
    return sendWith(client, 'slowly', config);
  }, (bodies) => assert.deepEqual(briefs(bodies), slowly)],
  ['0.3', async (origin, wire, { authentication: { scheme, credentials }, ...config }) => {
    const client = await v03.connect(origin, v03.rpc, { wire });
    const pushNotificationConfig = { ...config, authentication: { schemes: [scheme], credentials } };
    return (await client.sendMessage(v03.say('slowly', { configuration: { blocking: false, pushNotificationConfig } }))).id;
  }, onlyForward],
]) {
  test(`push ${version}: kill -9 between deliveries loses and reorders nothing`, patient, async () => {
    const caller = newKey('caller');
    const reader = newKey('reader', { scopes: ['metrics'] });
    const other = await new Server({ a2a: { push: { ...push, attempts: 20 } }, auth: { keys: [caller.entry, reader.entry] } }).start();
    const trouble = await new Webhook().start();
    const secrets = { token: `token-${randomUUID()}`, credentials: `credentials-${randomUUID()}` };
    const config = { id: 'mine', url: trouble.url, token: secrets.token, authentication: { scheme: 'Bearer', credentials: secrets.credentials } };
    const wire = new Wire();
    wire.headers = { Authorization: `Bearer ${caller.secret}` };
    let kills = 0;
    let up = Promise.resolve();
    const kill = async () => {
      await up;
      await other.kill();
      ++kills;
    };
    try {
      // 500; then 429; then no answer, and the server dies meanwhile; then an answer that the server does not live to see.
      trouble.plan(
        500,
        { status: 429, headers: { 'Retry-After': '1' } },
        async () => (await kill(), hang),
        200,
        async () => (await kill(), 200),
      );
      const id = await start(other.base('stage'), wire, config);
      for (const wanted of [1, 2]) {
        await until(`kill ${wanted}`, () => kills === wanted);
        up = other.start();
        await up;
      }
      const ended = (body) => (body?.task ?? body)?.status?.state?.match(/completed/i);
      await until('the end is posted', () => trouble.accepted().length >= slowly.length && ended(trouble.accepted().at(-1)));
      const accepted = trouble.accepted();
      check(once(accepted));
      const twice = accepted.length - slowly.length;
      assert.ok(twice >= 0 && twice <= kills, `${accepted.length} for ${slowly.length} events and ${kills} kills`);
      for (const { headers } of trouble.requests) {
        assert.equal(headers.authorization, `Bearer ${secrets.credentials}`);
        assert.equal(headers['x-a2a-notification-token'], secrets.token);
      }

      const auth = { headers: { Authorization: `Bearer ${caller.secret}` } };
      const metrics = await fetch(`${other.origin}/metrics`, { headers: { Authorization: `Bearer ${reader.secret}` } });
      assert.equal(metrics.status, 200);
      const events = await fetch(`${other.origin}/api/v1/tasks/${id}/events`, { headers: { ...auth.headers, Accept: 'text/event-stream' } });
      const task = await fetch(`${other.origin}/api/v1/tasks/${id}`, auth);
      const places = {
        'the log': other.log(),
        'an answer': wire.heard,
        'the metrics': await metrics.text(),
        'the events of the task': await events.text(),
        'the task': await task.text(),
        'what is posted': trouble.requests.map((each) => each.text).join('\n'),
      };
      for (const [where, text] of Object.entries(places)) {
        assert.ok(text.length > 0, where);
        for (const [what, secret] of Object.entries(secrets)) assert.ok(!text.includes(secret), `${what} in ${where}`);
      }
      assert.match(other.log(), / trace | debug /, 'the log tells everything');
    } finally {
      await Promise.all([other.stop(), trouble.stop()]);
    }
  });
}
