// The SDK 1.3.0 as a client of 0.3 (legacyCompat), told so by a card that lists nothing newer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory } from 'a2a-1.3/client';
import { Server } from './lib/server.mjs';
import {
  brief, collect, failure, pushConfig, pushConfigsOf, rest, rpc, say, stateOf, statusText, textOf,
} from './lib/v1.mjs';
import { Wire } from './lib/wire.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const legacyCompat = { enabled: true };

function both(name, body) {
  for (const binding of [rpc, rest]) {
    test(`sdk13 legacy ${binding.name}: ${name}`, { timeout: 20_000 }, async () => body(await connect(binding), binding));
  }
}

/** A client by the interfaces of 0.3 alone, as if they were all that there is. */
async function connect(binding, agent = 'stage') {
  const wire = new Wire();
  const options = { fetchImpl: wire.fetch, legacyCompat };
  const resolver = new DefaultAgentCardResolver(options);
  const factory = new ClientFactory({
    transports: [new JsonRpcTransportFactory(options), new RestTransportFactory(options)],
    preferredTransports: [binding.protocol],
    cardResolver: resolver,
  });
  const card = await resolver.resolve(server.base(agent));
  const older = card.supportedInterfaces.filter((each) => each.protocolVersion.startsWith('0.3'));
  const client = await factory.createFromAgentCard({ ...card, supportedInterfaces: older });
  assert.equal(client.protocolVersion, '0.3');
  return Object.assign(client, { wire });
}

both('send and get and cancel', async (client) => {
  const task = await client.sendMessage(say('say hello'));
  assert.equal(stateOf(task), 'COMPLETED');
  assert.equal(statusText(task), 'hello');
  assert.equal(client.wire.last.sent.get('a2a-version'), '0.3');
  assert.deepEqual(await client.getTask({ id: task.id }), task);
  const { id } = await client.sendMessage(say('forever', { configuration: { returnImmediately: true } }));
  assert.equal(stateOf(await client.cancelTask({ id })), 'CANCELED');
});

both('files and data keep their bytes and types', async (client, binding) => {
  const { artifacts: [picture, page, table, list] } = await client.sendMessage(say('files'));
  assert.equal(picture.parts[0].content.value.toString('hex'), '89504e470d0a1a0a');
  assert.equal(page.parts[0].content.value, 'https://example.org/page.html');
  assert.deepEqual(table.parts[0].content.value, { rows: [1, 2.5, 'three', null, true], nested: { deep: {} } });
  // What is no object is wrapped as the SDK wraps it; its REST client has no metadata of parts to tell it by.
  assert.deepEqual(list.parts[0].content.value, binding.rpc ? ['a', 1] : { value: ['a', 1] });
});

both('streams and subscriptions', async (client) => {
  const events = await collect(client.sendMessageStream(say('report')));
  assert.deepEqual(events.map(brief).filter((each) => !each.startsWith('artifact')), [
    'task SUBMITTED',
    'status WORKING reading',
    'status WORKING writing',
    'status COMPLETED reported',
  ]);
  const { id } = await client.sendMessage(say('stepwise'));
  const live = client.resubscribeTask({ id });
  assert.equal(brief((await live.next()).value), 'task INPUT_REQUIRED');
  await client.sendMessage(say('yes', { taskId: id }));
  assert.equal(brief((await collect(live)).at(-1)), 'status COMPLETED stepwise done');
});

both('a question and its answer', async (client) => {
  const asked = await client.sendMessage(say('ask'));
  assert.equal(stateOf(asked), 'INPUT_REQUIRED');
  const done = await client.sendMessage(say('this', { taskId: asked.id }));
  assert.equal(statusText(done), 'chose this');
});

both('a direct message', async (client) => {
  assert.equal(textOf(await client.sendMessage(say('message hello'))), 'hello');
  assert.deepEqual((await collect(client.sendMessageStream(say('message hello')))).map(brief), ['message hello']);
});

both('push notification configurations of a task', async (client) => {
  const { id: taskId } = await client.sendMessage(say('ask'));
  const made = await client.createTaskPushNotificationConfig(pushConfig({ taskId, id: 'mine', url: 'https://hook.invalid/hook' }));
  assert.equal(made.id, 'mine');
  assert.deepEqual(await client.getTaskPushNotificationConfig({ taskId, id: 'mine' }), made);
  assert.deepEqual((await client.listTaskPushNotificationConfig(pushConfigsOf(taskId))).configs, [made]);
  await client.deleteTaskPushNotificationConfig({ taskId, id: 'mine' });
  assert.deepEqual((await client.listTaskPushNotificationConfig(pushConfigsOf(taskId))).configs, []);
});

both('errors are those of the SDK', async (client) => {
  assert.equal((await failure(client.getTask({ id: randomUUID() }))).name, 'TaskNotFoundError');
  const { id } = await client.sendMessage(say('say it'));
  assert.equal((await failure(client.cancelTask({ id }))).name, 'TaskNotCancelableError');
  const ended = await failure(collect(client.resubscribeTask({ id })));
  assert.equal((ended.cause ?? ended).name, 'UnsupportedOperationError');
});
