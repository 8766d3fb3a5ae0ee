// A server with keys, by the SDK 1.3.0: who may see what, tenants, and the extended card.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { createAuthenticatingFetchWithRetry } from 'a2a-1.3/client';
import { Server, newKey } from './lib/server.mjs';
import { Wire } from './lib/wire.mjs';
import {
  assertWent, both, collect, connect, failure, invalid, listing, pushConfig, pushConfigsOf, refused, say, stateOf, statusText,
} from './lib/v1.mjs';

const alice = newKey('alice', { tenant: 'north' });
const bob = newKey('bob', { tenant: 'north' });
const carol = newKey('carol', { tenant: 'south' });
const server = new Server({ auth: { keys: [alice.entry, bob.entry, carol.entry] } });
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

/** The SDK's own way to authenticate: a fetch that adds the key, and asks for another when it is refused. */
function keyed({ secret }, wire = new Wire()) {
  const fetchImpl = createAuthenticatingFetchWithRetry(wire.fetch, {
    headers: async () => ({ Authorization: `Bearer ${secret}` }),
    shouldRetryWithHeaders: async () => undefined,
  });
  return { wire, fetchImpl };
}

const as = (key, binding, agent = 'stage') => connect(server.base(agent), binding, keyed(key));

both('the public card is there for everybody and says how to authenticate', async (binding) => {
  const { agentCard: card } = await connect(server.base('stage'), binding);
  const schemes = Object.values(card.securitySchemes).map(({ scheme: { $case: kind, value } }) => [kind, value]);
  const bearer = schemes.find(([kind]) => kind === 'httpAuthSecurityScheme')[1];
  assert.equal(bearer.scheme.toLowerCase(), 'bearer');
  assert.ok(card.securityRequirements.length > 0);
  for (const each of card.securityRequirements) {
    for (const name of Object.keys(each.schemes)) assert.ok(name in card.securitySchemes, name);
  }
  assert.equal(card.capabilities.extendedAgentCard, true);
  assert.deepEqual(card.skills.map((each) => each.id), ['play', 'draw']);
});

both('without a key nothing is done', async (binding) => {
  const client = await connect(server.base('stage'), binding);
  await failure(client.sendMessage(say('say it')));
  assert.equal(client.wire.last.status, 401);
  assert.match(client.wire.last.headers.get('www-authenticate'), /^Bearer/);
  await failure(collect(client.sendMessageStream(say('say it'))));
  assert.equal(client.wire.last.status, 401);
  await failure(client.listTasks(listing()));
  assert.equal(client.wire.last.status, 401);
  if (binding.rpc) {
    assert.equal(client.wire.last.json.jsonrpc, '2.0');
    assert.equal(client.wire.last.json.id, null);
    assert.ok(client.wire.last.json.error.code);
  }
});

both('a wrong key is refused and another one tried', async (binding) => {
  const wire = new Wire();
  const keys = ['mofa_wrong', alice.secret];
  const fetchImpl = createAuthenticatingFetchWithRetry(wire.fetch, {
    headers: async () => ({ Authorization: `Bearer ${keys[0]}` }),
    shouldRetryWithHeaders: async (_, answer) => {
      if (answer.status !== 401) return undefined;
      keys.shift();
      return { Authorization: `Bearer ${keys[0]}` };
    },
  });
  const client = await connect(server.base('stage'), binding, { wire, fetchImpl });
  assert.equal(statusText(await client.sendMessage(say('say it'))), 'it');
});

both('with its key everything is done', async (binding) => {
  const client = await as(alice, binding);
  assert.equal(statusText(await client.sendMessage(say('say it'))), 'it');
  const events = await collect(client.sendMessageStream(say('say it')));
  assert.equal(events.length, 2);
});

both('the extended card shows more to whoever has a key', async (binding) => {
  const client = await as(alice, binding);
  const card = await client.getAgentCard();
  assertWent(client.wire.last, binding, 'GetExtendedAgentCard', 'GET /extendedAgentCard');
  assert.deepEqual(card.skills.map((each) => each.id).sort(), ['draw', 'play', 'whisper']);
  assert.equal(card.description, 'Plays every order of events, and knows its callers');
  const stranger = await connect(server.base('stage'), binding);
  await failure(stranger.getAgentCard());
  assert.equal(stranger.wire.last.status, 401);
});

both('an agent that is not public shows its card to whoever has a key', async (binding) => {
  const why = await failure(connect(server.base('hidden'), binding));
  assert.match(why.message, /40[14]/);
  const client = await as(alice, binding, 'hidden');
  assert.equal(client.agentCard.name, 'hidden');
  assert.equal(statusText(await client.sendMessage(say('hello'))), 'hello');
});

both('tasks of others are not there', async (binding) => {
  const mine = await as(alice, binding);
  const theirs = await as(bob, binding);
  const abroad = await as(carol, binding);
  const { id, contextId } = await mine.sendMessage(say('ask'));
  for (const other of [theirs, abroad]) {
    await refused(other.getTask({ id }), other, 'TaskNotFoundError');
    await refused(other.cancelTask({ id }), other, 'TaskNotFoundError');
    await refused(other.sendMessage(say('this', { taskId: id })), other, 'TaskNotFoundError');
    await refused(collect(other.resubscribeTask({ id })), other, 'TaskNotFoundError');
    await refused(other.createTaskPushNotificationConfig(pushConfig({ taskId: id, url: 'https://hook.invalid/' })), other, 'TaskNotFoundError');
    await refused(other.listTaskPushNotificationConfig(pushConfigsOf(id)), other, 'TaskNotFoundError');
    assert.equal((await other.listTasks(listing({ contextId }))).totalSize, 0);
  }
  assert.equal(stateOf(await mine.getTask({ id })), 'INPUT_REQUIRED');
});

both('a tenant that is not the own one is refused', async (binding) => {
  const client = await as(alice, binding);
  const sent = await client.sendMessage(say('say it', { tenant: 'north' }));
  assert.equal(statusText(sent), 'it');
  if (!binding.rpc) assert.equal(client.wire.last.path, '/a2a/stage/north/message:send');
  assert.equal((await client.getTask({ tenant: 'north', id: sent.id })).id, sent.id);
  await invalid(client.sendMessage(say('say it', { tenant: 'south' })), client);
  await invalid(client.getTask({ tenant: 'south', id: sent.id }), client);
});

both('a key that may only read does not send', async (binding) => {
  const reader = newKey('reader', { tenant: 'north', scopes: ['tasks:read'] });
  const other = await new Server({ auth: { keys: [reader.entry] } }).start();
  try {
    const client = await connect(other.base('stage'), binding, keyed(reader));
    await failure(client.sendMessage(say('say it')));
    assert.equal(client.wire.last.status, 403);
    assert.equal((await client.listTasks(listing())).totalSize, 0);
  } finally {
    await other.stop();
  }
});
