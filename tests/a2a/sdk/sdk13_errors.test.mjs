// What the SDK 1.3.0 makes of refusals that are not about one operation: versions, media types, envelopes, extensions.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Server } from './lib/server.mjs';
import { both, collect, connect, failure, refused, rest, rpc, say, statusText } from './lib/v1.mjs';

const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(() => server.stop());

const stage = (binding) => connect(server.base('stage'), binding);

both('a version that is not spoken is refused with those that are', async (binding) => {
  const client = await stage(binding);
  client.wire.headers = { 'A2A-Version': '99.0' };
  const metadata = await refused(client.sendMessage(say('say it')), client, 'VersionNotSupportedError');
  assert.match(JSON.stringify(metadata.supportedVersions), /1\.0/);
  assert.match(JSON.stringify(metadata.supportedVersions), /0\.3/);
});

both('a patch number in the version changes nothing', async (binding) => {
  const client = await stage(binding);
  client.wire.headers = { 'A2A-Version': '1.0.1' };
  assert.equal(statusText(await client.sendMessage(say('say it'))), 'it');
});

both('a version of 0.3 does not fit the operations of 1.0', async (binding) => {
  const client = await stage(binding);
  client.wire.headers = { 'A2A-Version': '0.3' };
  const asked = client.sendMessage(say('say it'));
  const metadata = await refused(asked, client, 'VersionNotSupportedError');
  assert.ok(metadata.supportedVersions);
});

test('sdk13 jsonrpc: without the version the answer says which header to send', { timeout: 20_000 }, async () => {
  const client = await stage(rpc);
  client.wire.headers = { 'A2A-Version': null };
  const why = await failure(client.sendMessage(say('say it')));
  assert.equal(why.name, 'VersionNotSupportedError');
  assert.match(why.message, /A2A-Version/);
});

test('sdk13 rest: without the version the paths of 1.0 are served', { timeout: 20_000 }, async () => {
  const client = await stage(rest);
  client.wire.headers = { 'A2A-Version': null };
  assert.equal(statusText(await client.sendMessage(say('say it'))), 'it');
});

both('another content type is refused before the body is read', async (binding) => {
  const client = await stage(binding);
  client.wire.headers = { 'Content-Type': 'text/plain' };
  await refused(client.sendMessage(say('say it')), client, 'ContentTypeNotSupportedError', { status: 400 });
});

test('sdk13 rest: application/a2a+json is taken and given', { timeout: 20_000 }, async () => {
  const client = await stage(rest);
  client.wire.headers = { 'Content-Type': 'application/a2a+json', Accept: 'application/a2a+json' };
  await client.sendMessage(say('say it'));
  assert.match(client.wire.last.headers.get('content-type'), /^application\/a2a\+json/);
  client.wire.headers = { Accept: 'application/json' };
  await client.sendMessage(say('say it'));
  assert.match(client.wire.last.headers.get('content-type'), /^application\/json/);
});

test('sdk13 jsonrpc: an unknown method is told apart', { timeout: 20_000 }, async () => {
  const client = await stage(rpc);
  const why = await failure(client.transport.callExtensionMethod('DoNothing', {}, { serviceParameters: { 'A2A-Version': '1.0' } }));
  assert.equal(why.envelopeCode, -32601);
  assert.equal(client.wire.last.status, 200);
  const slash = await failure(client.transport.callExtensionMethod('tasks/get', { id: 'x' }, { serviceParameters: { 'A2A-Version': '1.0' } }));
  assert.equal(slash.envelopeCode, -32601);
});

test('sdk13 jsonrpc: parameters of another type are named', { timeout: 20_000 }, async () => {
  const client = await stage(rpc);
  const call = (params) => client.transport.callExtensionMethod('SendMessage', params, { serviceParameters: { 'A2A-Version': '1.0' } });
  for (const params of [undefined, [], 'words', { message: 7 }, { message: { messageId: 'm', role: 'ROLE_USER', parts: {} } }]) {
    const why = await failure(call(params));
    assert.equal(why.envelopeCode, -32602, JSON.stringify(params));
  }
});

both('snake case and numbers and unknown members are taken', async (binding) => {
  const client = await stage(binding);
  const message = { message_id: randomUUID(), role: 1, parts: [{ text: 'say it', media_type: 'text/plain', novelty: 1 }], novelty: {} };
  const body = { message, configuration: { history_length: 0, accepted_output_modes: ['text/plain'] }, novelty: [1] };
  const headers = { 'Content-Type': 'application/json', 'A2A-Version': '1.0' };
  const answer = await fetch(binding.rpc ? server.base('stage') : `${server.base('stage')}message:send`, {
    method: 'POST',
    headers,
    body: JSON.stringify(binding.rpc ? { jsonrpc: '2.0', id: 'a', method: 'SendMessage', params: body } : body),
  });
  assert.equal(answer.status, 200);
  const got = await answer.json();
  const { task } = binding.rpc ? got.result : got;
  assert.equal(task.status.message.parts[0].text, 'it');
  assert.equal('history' in task, false);
});

both('extensions that are known are activated', async (binding) => {
  const client = await stage(binding);
  const known = 'https://mofa.dev/a2a/extensions/event-ids/v1';
  const wanted = `https://example.org/unknown/v1, ${known}`;
  await collect(client.sendMessageStream(say('say it'), { serviceParameters: { 'A2A-Extensions': wanted } }));
  assert.equal(client.wire.last.headers.get('a2a-extensions'), known);
});

both('the extended card of an agent that has none is refused', async (binding) => {
  const client = await connect(server.base('plain'), binding);
  const name = client.agentCard.capabilities.extendedAgentCard ? 'ExtendedAgentCardNotConfiguredError' : 'UnsupportedOperationError';
  const options = { serviceParameters: { 'A2A-Version': '1.0' } };
  await refused(client.transport.getExtendedAgentCard({ tenant: '' }, options), client, name);
});

both('errors of the profile 1.0.0 keep their older numbers', async (binding) => {
  const older = await new Server({ a2a: { errors: { profile: '1.0.0' } } }).start();
  try {
    const client = await connect(older.base('stage'), binding);
    const { id } = await client.sendMessage(say('say it'));
    const why = await failure(client.cancelTask({ id }));
    assert.equal(why.name, 'TaskNotCancelableError');
    assert.equal(client.wire.last.status, binding.rpc ? 200 : 409);
  } finally {
    await older.stop();
  }
});

both('an agent that is not there is not found', async (binding) => {
  const why = await failure(connect(server.base('nobody'), binding));
  assert.match(why.message, /404/);
  // One that goes while it has clients.
  const agents = `${server.origin}/api/v1/agents`;
  const definition = { name: 'leaving', kind: 'scenario', a2a: { public: true }, otherwise: [{ complete: { text: 'bye' } }] };
  const made = await fetch(agents, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(definition) });
  assert.equal(made.status, 201);
  const client = await connect(server.base('leaving'), binding);
  assert.equal(statusText(await client.sendMessage(say('hello'))), 'bye');
  assert.equal((await fetch(`${agents}/leaving`, { method: 'DELETE' })).status, 204);
  await failure(client.sendMessage(say('hello')));
  assert.equal(client.wire.last.status, 404);
  assert.match(client.wire.last.json.error.message, /leaving/);
});
