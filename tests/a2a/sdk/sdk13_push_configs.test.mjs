// The four operations of push notification configurations by the SDK 1.3.0. What is delivered is in push.test.mjs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Server } from './lib/server.mjs';
import {
  assertWent, both, connect, invalid, pushConfig, pushConfigsOf, refused, rest, resultOf, rpc, say, stateOf,
} from './lib/v1.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);
/** A name that there never is (RFC 6761): nobody is told. */
const url = 'https://hook.invalid/hook';

async function asking(client) {
  return (await client.sendMessage(say('ask'))).id;
}

both('a configuration is created and got and listed and deleted', async (binding) => {
  const client = await stage(binding);
  const taskId = await asking(client);
  const made = await client.createTaskPushNotificationConfig(pushConfig({ taskId, id: 'mine', url }));
  assertWent(client.wire.last, binding, 'CreateTaskPushNotificationConfig', `POST /tasks/${taskId}/pushNotificationConfigs`);
  const raw = resultOf(client.wire.last, binding);
  assert.deepEqual([raw.taskId, raw.id, raw.url], [taskId, 'mine', url]);
  assert.equal(made.id, 'mine');

  const got = await client.getTaskPushNotificationConfig({ taskId, id: 'mine' });
  assertWent(client.wire.last, binding, 'GetTaskPushNotificationConfig', `GET /tasks/${taskId}/pushNotificationConfigs/mine`);
  assert.deepEqual(got, made);

  const list = await client.listTaskPushNotificationConfig(pushConfigsOf(taskId));
  assertWent(client.wire.last, binding, 'ListTaskPushNotificationConfigs', `GET /tasks/${taskId}/pushNotificationConfigs`);
  assert.deepEqual(list.configs, [made]);

  await client.deleteTaskPushNotificationConfig({ taskId, id: 'mine' });
  assertWent(client.wire.last, binding, 'DeleteTaskPushNotificationConfig', `DELETE /tasks/${taskId}/pushNotificationConfigs/mine`);
  assert.ok([200, 204].includes(client.wire.last.status));
  await refused(client.getTaskPushNotificationConfig({ taskId, id: 'mine' }), client, 'TaskNotFoundError');
  assert.deepEqual((await client.listTaskPushNotificationConfig(pushConfigsOf(taskId))).configs, []);
});

both('a configuration without an id gets one', async (binding) => {
  const client = await stage(binding);
  const taskId = await asking(client);
  const [one, two] = [
    await client.createTaskPushNotificationConfig(pushConfig({ taskId, url })),
    await client.createTaskPushNotificationConfig(pushConfig({ taskId, url })),
  ];
  assert.ok(one.id && two.id);
  assert.notEqual(one.id, two.id);
  const { configs } = await client.listTaskPushNotificationConfig(pushConfigsOf(taskId));
  assert.deepEqual(new Set(configs.map((each) => each.id)), new Set([one.id, two.id]));
});

both('a configuration that is deleted twice is gone', async (binding) => {
  const client = await stage(binding);
  const taskId = await asking(client);
  await client.createTaskPushNotificationConfig(pushConfig({ taskId, id: 'mine', url }));
  for (let i = 0; i < 2; ++i) await client.deleteTaskPushNotificationConfig({ taskId, id: 'mine' });
});

both('credentials are never shown again', async (binding) => {
  const client = await stage(binding);
  const credentials = `credentials-${randomUUID()}`;
  const config = { id: 'mine', url, token: 'token', authentication: { scheme: 'Bearer', credentials } };
  const { id: taskId } = await client.sendMessage(say('ask', { configuration: { taskPushNotificationConfig: config } }));
  const made = await client.createTaskPushNotificationConfig(pushConfig({ ...config, taskId, id: 'another' }));
  assert.deepEqual({ ...made.authentication }, { scheme: 'Bearer', credentials: '' });
  for (const id of ['mine', 'another']) {
    const got = await client.getTaskPushNotificationConfig({ taskId, id });
    assert.deepEqual({ ...got.authentication }, { scheme: 'Bearer', credentials: '' });
  }
  const { configs } = await client.listTaskPushNotificationConfig(pushConfigsOf(taskId));
  assert.equal(configs.length, 2);
  await client.getTask({ id: taskId });
  assert.ok(!client.wire.heard.includes(credentials), 'credentials were shown');
});

both('a configuration inside a send counts', async (binding) => {
  const client = await stage(binding);
  const configuration = { taskPushNotificationConfig: { id: 'inside', url } };
  const { id: taskId } = await client.sendMessage(say('ask', { configuration }));
  const { configs } = await client.listTaskPushNotificationConfig(pushConfigsOf(taskId));
  assert.deepEqual(configs.map((each) => [each.id, each.url]), [['inside', url]]);
});

both('a task that ended may still be configured', async (binding) => {
  const client = await stage(binding);
  const { id: taskId } = await client.sendMessage(say('say it'));
  assert.equal((await client.createTaskPushNotificationConfig(pushConfig({ taskId, id: 'late', url }))).id, 'late');
});

both('configurations of unknown tasks and of other agents are refused', async (binding) => {
  const client = await stage(binding);
  const plain = await connect(server.base('plain'), binding);
  const { id: other } = await plain.sendMessage(say('hello'));
  for (const taskId of [randomUUID(), other]) {
    await refused(client.createTaskPushNotificationConfig(pushConfig({ taskId, url })), client, 'TaskNotFoundError');
    await refused(client.getTaskPushNotificationConfig({ taskId, id: 'mine' }), client, 'TaskNotFoundError');
    await refused(client.listTaskPushNotificationConfig(pushConfigsOf(taskId)), client, 'TaskNotFoundError');
  }
});

both('an unknown configuration is not found', async (binding) => {
  const client = await stage(binding);
  const taskId = await asking(client);
  await refused(client.getTaskPushNotificationConfig({ taskId, id: 'none' }), client, 'TaskNotFoundError');
});

both('an address that is none is refused', async (binding) => {
  const client = await stage(binding);
  const taskId = await asking(client);
  for (const bad of ['', 'nowhere', 'ftp://example.org/', 'file:///etc/passwd', 'https://user:secret@example.org/']) {
    await invalid(client.createTaskPushNotificationConfig(pushConfig({ taskId, url: bad })), client);
  }
});

for (const binding of [rpc, rest]) {
  test(`sdk13 ${binding.name}: configurations outlive the server`, { timeout: 20_000 }, async () => {
    const other = await new Server().start();
    try {
      const client = await connect(other.base('stage'), binding);
      const taskId = await asking(client);
      const made = await client.createTaskPushNotificationConfig(pushConfig({ taskId, id: 'mine', url }));
      await other.kill();
      await other.start();
      const again = await connect(other.base('stage'), binding);
      assert.deepEqual(await again.getTaskPushNotificationConfig({ taskId, id: 'mine' }), made);
      assert.equal(stateOf(await again.getTask({ id: taskId })), 'INPUT_REQUIRED');
    } finally {
      await other.stop();
    }
  });
}
