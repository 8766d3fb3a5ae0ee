// The other operations of 0.3 by the SDK 0.3.14: get, cancel, push notification configurations, the extended card.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Server, newKey } from './lib/server.mjs';
import { Wire } from './lib/wire.mjs';
import { assertWent, both, connect, failure, invalid, refused, resultOf, rpc, say, textOf } from './lib/v03.mjs';

const alice = newKey('alice', { tenant: 'north' });
const server = new Server();
const guarded = new Server({ auth: { keys: [alice.entry] } });
before(() => Promise.all([server.start(), guarded.start()]), { timeout: 30_000 });
after(() => Promise.all([server.stop(), guarded.stop()]));

const stage = (binding) => connect(server.base('stage'), binding);
/** A name that there never is (RFC 6761): nobody is told. */
const url = 'https://hook.invalid/hook';

both('get gives the task as it is', async (binding) => {
  const client = await stage(binding);
  const sent = await client.sendMessage(say('report'));
  const got = await client.getTask({ id: sent.id });
  assertWent(client.wire.last, binding, 'tasks/get', `GET /v1/tasks/${sent.id}`);
  resultOf(client.wire.last, binding);
  assert.deepEqual(got, sent);
  const two = await client.getTask({ id: sent.id, historyLength: 2 });
  assert.deepEqual(two.history.map(textOf), ['writing', 'reported']);
  const none = await client.getTask({ id: sent.id, historyLength: 0 });
  assert.deepEqual(none.history ?? [], []);
});

both('tasks that are unknown or of another agent are not found', async (binding) => {
  const client = await stage(binding);
  await refused(client.getTask({ id: randomUUID() }), client, 'TaskNotFoundError');
  await refused(client.cancelTask({ id: randomUUID() }), client, 'TaskNotFoundError');
  const { id } = await (await connect(server.base('plain'), binding)).sendMessage(say('hello'));
  await refused(client.getTask({ id }), client, 'TaskNotFoundError');
});

both('cancel ends a task but none that ended', async (binding) => {
  const client = await stage(binding);
  const { id } = await client.sendMessage(say('forever', { configuration: { blocking: false } }));
  const canceled = await client.cancelTask({ id });
  assertWent(client.wire.last, binding, 'tasks/cancel', `POST /v1/tasks/${id}:cancel`);
  assert.equal(canceled.status.state, 'canceled');
  const done = await client.sendMessage(say('say it'));
  await refused(client.cancelTask({ id: done.id }), client, 'TaskNotCancelableError');
});

both('a push notification configuration is set and got and listed and deleted', async (binding) => {
  const client = await stage(binding);
  const { id: taskId } = await client.sendMessage(say('ask'));
  const credentials = `credentials-${randomUUID()}`;
  const pushNotificationConfig = { id: 'mine', url, token: 'token', authentication: { schemes: ['Bearer'], credentials } };
  const made = await client.setTaskPushNotificationConfig({ taskId, pushNotificationConfig });
  assertWent(client.wire.last, binding, 'tasks/pushNotificationConfig/set', `POST /v1/tasks/${taskId}/pushNotificationConfigs`);
  resultOf(client.wire.last, binding, [200, 201]);
  assert.equal(made.taskId, taskId);
  assert.equal(made.pushNotificationConfig.id, 'mine');
  assert.equal(made.pushNotificationConfig.url, url);
  assert.deepEqual(made.pushNotificationConfig.authentication.schemes, ['Bearer']);

  const which = { id: taskId, pushNotificationConfigId: 'mine' };
  assert.deepEqual(await client.getTaskPushNotificationConfig(which), made);
  assertWent(client.wire.last, binding, 'tasks/pushNotificationConfig/get', `GET /v1/tasks/${taskId}/pushNotificationConfigs/mine`);
  assert.deepEqual(await client.listTaskPushNotificationConfig({ id: taskId }), [made]);
  assertWent(client.wire.last, binding, 'tasks/pushNotificationConfig/list', `GET /v1/tasks/${taskId}/pushNotificationConfigs`);
  await client.deleteTaskPushNotificationConfig(which);
  assertWent(client.wire.last, binding, 'tasks/pushNotificationConfig/delete', `DELETE /v1/tasks/${taskId}/pushNotificationConfigs/mine`);
  await refused(client.getTaskPushNotificationConfig(which), client, 'TaskNotFoundError');
  assert.deepEqual(await client.listTaskPushNotificationConfig({ id: taskId }), []);
  assert.ok(!client.wire.heard.includes(credentials), 'credentials were shown');
});

both('a configuration inside a send counts', async (binding) => {
  const client = await stage(binding);
  const configuration = { pushNotificationConfig: { id: 'inside', url } };
  const { id } = await client.sendMessage(say('ask', { configuration }));
  const list = await client.listTaskPushNotificationConfig({ id });
  assert.deepEqual(list.map((each) => each.pushNotificationConfig.id), ['inside']);
});

test('sdk03 jsonrpc: the only configuration of a task needs no id', { timeout: 20_000 }, async () => {
  const client = await stage(rpc);
  const { id: taskId } = await client.sendMessage(say('ask'));
  const made = await client.setTaskPushNotificationConfig({ taskId, pushNotificationConfig: { url } });
  assert.ok(made.pushNotificationConfig.id);
  assert.deepEqual(await client.getTaskPushNotificationConfig({ id: taskId }), made);
});

both('requests that are wrong in themselves are refused', async (binding) => {
  const client = await stage(binding);
  await invalid(client.sendMessage(say([])), client);
  await invalid(client.getTask({ id: (await client.sendMessage(say('say it'))).id, historyLength: -1 }), client);
});

both('a version of 0.2 is 0.3', async (binding) => {
  const client = await stage(binding);
  client.wire.headers = { 'A2A-Version': '0.2.6' };
  assert.equal((await client.sendMessage(say('say it'))).status.state, 'completed');
});

both('the extended card shows more to whoever has a key', async (binding) => {
  const wire = new Wire();
  const client = await connect(guarded.base('stage'), binding, { wire });
  assert.equal(client.agentCard.supportsAuthenticatedExtendedCard, true);
  const bearer = Object.values(client.agentCard.securitySchemes).find((each) => each.type === 'http');
  assert.equal(bearer.scheme.toLowerCase(), 'bearer');
  assert.ok(client.agentCard.security.length > 0);
  await failure(client.getAgentCard());
  assert.equal(wire.last.status, 401);
  wire.headers = { Authorization: `Bearer ${alice.secret}` };
  const card = await client.getAgentCard();
  assertWent(wire.last, binding, 'agent/getAuthenticatedExtendedCard', 'GET /v1/card');
  assert.deepEqual(card.skills.map((each) => each.id).sort(), ['draw', 'play', 'whisper']);
  assert.ok(card.url);
});

both('tasks of others are not there', async (binding) => {
  const bob = newKey('bob', { tenant: 'north' });
  const two = await new Server({ auth: { keys: [alice.entry, bob.entry] } }).start();
  try {
    const [mine, theirs] = await Promise.all(
      [alice, bob].map(async ({ secret }) => {
        const wire = new Wire();
        wire.headers = { Authorization: `Bearer ${secret}` };
        return connect(two.base('stage'), binding, { wire });
      }),
    );
    const { id } = await mine.sendMessage(say('ask'));
    await refused(theirs.getTask({ id }), theirs, 'TaskNotFoundError');
    await refused(theirs.cancelTask({ id }), theirs, 'TaskNotFoundError');
    assert.equal((await mine.getTask({ id })).status.state, 'input-required');
  } finally {
    await two.stop();
  }
});
