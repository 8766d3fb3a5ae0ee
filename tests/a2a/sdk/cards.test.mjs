// Agent cards: where they are, how they are cached, what each version sees, and their signatures.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AgentCard, verifyAgentCardSignature } from 'a2a-1.3';
import { DefaultAgentCardResolver as Resolver03 } from 'a2a-0.3/client';
import { base64url, flattenedVerify, importSPKI } from 'jose';
import { Server, newKey } from './lib/server.mjs';
import { connect, rest, rpc, say, statusText } from './lib/v1.mjs';

const keys = mkdtempSync(join(tmpdir(), 'mofa-a2a-keys-'));
const server = new Server();
before(() => server.start(), { timeout: 30_000 });
after(async () => {
  await server.stop();
  rmSync(keys, { recursive: true, force: true });
});

const patient = { timeout: 20_000 };
const wellKnown = '.well-known/agent-card.json';
const v1 = { headers: { 'A2A-Version': '1.0' } };
const cardAt = async (url, init) => (await fetch(url, init)).json();

test('cards: a card says what its definition says', patient, async () => {
  const { agentCard: card } = await connect(server.base('stage'), rpc);
  assert.equal(card.name, 'stage');
  assert.equal(card.description, 'Plays every order of events that the protocol knows');
  assert.ok(card.version);
  assert.equal(card.documentationUrl, 'https://example.org/stage');
  assert.equal(card.iconUrl, 'https://example.org/stage.png');
  assert.deepEqual({ ...card.provider }, { organization: 'Example', url: 'https://example.org' });
  assert.deepEqual(card.defaultInputModes, ['text/plain', 'application/json', 'image/png']);
  assert.deepEqual(card.defaultOutputModes, ['text/plain', 'application/json', 'image/png']);
  assert.equal(card.capabilities.streaming, true);
  assert.equal(card.capabilities.pushNotifications, true);
  const [play, draw] = card.skills;
  assert.deepEqual([play.id, play.name, play.tags, play.examples], ['play', 'Play', ['test', 'scenes'], ['say hello', 'report']]);
  assert.deepEqual([draw.inputModes, draw.outputModes], [['text/plain'], ['image/png', 'text/html']]);
  const uris = card.capabilities.extensions.map((each) => each.uri);
  for (const name of ['event-ids', 'idempotent-messages']) assert.ok(uris.includes(`https://mofa.dev/a2a/extensions/${name}/v1`));
  assert.ok(card.capabilities.extensions.every((each) => !each.required));
});

test('cards: every binding of each version is listed and works', patient, async () => {
  const card = await cardAt(server.base('stage') + wellKnown, v1);
  const listed = card.supportedInterfaces.map((each) => `${each.protocolVersion} ${each.protocolBinding}`);
  assert.deepEqual(listed, ['1.0 JSONRPC', '1.0 HTTP+JSON', '0.3 JSONRPC', '0.3 HTTP+JSON']);
  for (const each of card.supportedInterfaces) assert.ok(each.url.startsWith(`${server.origin}/a2a/stage`), each.url);
  for (const binding of [rpc, rest]) {
    const client = await connect(server.base('stage'), binding);
    assert.equal(statusText(await client.sendMessage(say('say it'))), 'it');
  }
});

test('cards: 1.0 clients get a 1.0 card and others the hybrid one', patient, async () => {
  const [modern, older] = [await fetch(server.base('stage') + wellKnown, v1), await fetch(server.base('stage') + wellKnown)];
  assert.match(modern.headers.get('vary'), /A2A-Version/i);
  assert.match(older.headers.get('vary'), /A2A-Version/i);
  assert.notEqual(modern.headers.get('etag'), older.headers.get('etag'));
  const [pure, hybrid] = [await modern.json(), await older.json()];
  for (const member of ['url', 'preferredTransport', 'additionalInterfaces', 'protocolVersion', 'supportsAuthenticatedExtendedCard']) {
    assert.equal(member in pure, false, member);
  }
  assert.match(hybrid.protocolVersion, /^0\.3/);
  assert.equal(hybrid.preferredTransport, 'JSONRPC');
  assert.ok(hybrid.url.startsWith(server.origin));
  assert.deepEqual(hybrid.additionalInterfaces.map((each) => each.transport).sort(), ['HTTP+JSON', 'JSONRPC']);
  assert.deepEqual(hybrid.supportedInterfaces, pure.supportedInterfaces);
  // What the SDK reads of it is all there is: nothing is empty, nothing is unknown.
  assert.deepEqual(AgentCard.toJSON(AgentCard.fromJSON(pure)), pure);
});

test('cards: the pure card may be the default', patient, async () => {
  const strict = await new Server({ a2a: { card: { default: 'v1' } } }).start();
  try {
    const [card, same] = [await cardAt(strict.base('stage') + wellKnown), await cardAt(strict.base('stage') + wellKnown, v1)];
    assert.deepEqual(card, same);
    assert.equal('url' in card, false);
    const old = await cardAt(strict.base('stage') + wellKnown, { headers: { 'A2A-Version': '0.3' } });
    assert.ok(old.url);
  } finally {
    await strict.stop();
  }
});

test('cards: the older path has the same card', patient, async () => {
  assert.deepEqual(await cardAt(`${server.base('stage')}.well-known/agent.json`), await cardAt(server.base('stage') + wellKnown));
});

test('cards: the 0.3 resolver of the SDK understands the hybrid card', patient, async () => {
  const card = await new Resolver03().resolve(server.base('stage'));
  assert.equal(card.name, 'stage');
  assert.ok(card.url);
  assert.equal(card.capabilities.streaming, true);
});

test('cards: the default agent answers at the origin', patient, async () => {
  const card = await cardAt(`${server.origin}/${wellKnown}`, v1);
  assert.equal(card.name, 'stage');
  for (const binding of [rpc, rest]) {
    const client = await connect(`${server.origin}/`, binding);
    assert.equal(statusText(await client.sendMessage(say('say it'))), 'it');
  }
});

test('cards: the catalogue lists the public agents', patient, async () => {
  const { agents } = await cardAt(`${server.origin}/a2a`, v1);
  const names = agents.map((each) => each.name);
  for (const name of ['stage', 'cued', 'plain', 'fleeting', 'narrator']) assert.ok(names.includes(name), name);
  assert.ok(!names.includes('hidden'));
});

test('cards: what has not changed is not sent again', patient, async () => {
  const url = server.base('stage') + wellKnown;
  const first = await fetch(url, v1);
  assert.equal(first.status, 200);
  assert.match(first.headers.get('content-type'), /^application\/(a2a\+)?json/);
  assert.match(first.headers.get('cache-control'), /max-age=\d+/);
  const etag = first.headers.get('etag');
  const modified = first.headers.get('last-modified');
  assert.match(etag, /^(W\/)?"[^"]+"$/);
  assert.ok(Number.isFinite(Date.parse(modified)));
  for (const condition of [{ 'If-None-Match': etag }, { 'If-None-Match': '*' }, { 'If-Modified-Since': modified }]) {
    const again = await fetch(url, { headers: { ...v1.headers, ...condition }, cache: 'no-store' });
    assert.equal(again.status, 304, JSON.stringify(condition));
    assert.equal(again.headers.get('etag'), etag);
    assert.equal(await again.text(), '');
  }
  const other = await fetch(url, { headers: { ...v1.headers, 'If-None-Match': '"other"' }, cache: 'no-store' });
  assert.equal(other.status, 200);
  const variant = await fetch(url, { headers: { 'If-None-Match': etag }, cache: 'no-store' });
  assert.equal(variant.status, 200, 'another variant is another entity');
});

test('cards: a card follows the definition of its agent', patient, async () => {
  const definition = (description) => ({
    name: 'young', kind: 'scenario', description, skills: [{ id: 'be', name: 'Be', description: 'Is', tags: ['new'] }],
    a2a: { public: true }, otherwise: [{ complete: { text: '{{text}}' } }],
  });
  const put = (method, path, what) =>
    fetch(`${server.origin}/api/v1/agents${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) });
  assert.equal((await put('POST', '', definition('as it was'))).status, 201);
  const first = await fetch(server.base('young') + wellKnown, v1);
  const before = await first.json();
  assert.equal(before.description, 'as it was');
  assert.equal((await put('PUT', '/young', definition('as it is'))).status, 200);
  const known = { ...v1.headers, 'If-None-Match': first.headers.get('etag') };
  const second = await fetch(server.base('young') + wellKnown, { headers: known, cache: 'no-store' });
  assert.equal(second.status, 200);
  const now = await second.json();
  assert.equal(now.description, 'as it is');
  assert.notEqual(now.version, before.version);
});

test('cards: the public base URL of the configuration is what cards name', patient, async () => {
  const behind = await new Server({ a2a: { public_base_url: 'https://agents.example' } }).start();
  try {
    const card = await cardAt(behind.base('stage') + wellKnown, v1);
    for (const each of card.supportedInterfaces) assert.ok(each.url.startsWith('https://agents.example/a2a/stage'), each.url);
  } finally {
    await behind.stop();
  }
});

/** RFC 8785 for what cards hold: no numbers with fractions. Not the SDK's: the two must agree. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((each) => `${JSON.stringify(each)}:${canonical(value[each])}`).join(',')}}`;
}

/** Whether jose finds one of its signatures good, over the card as it was sent. */
async function joseVerifies({ signatures, ...card }, spki, alg) {
  const payload = base64url.encode(new TextEncoder().encode(canonical(card)));
  const key = await importSPKI(spki, alg);
  const outcomes = await Promise.allSettled(signatures.map((each) => flattenedVerify({ ...each, payload }, key)));
  return outcomes.some((each) => each.status === 'fulfilled');
}

function sdkVerifies(card, publicKey) {
  return verifyAgentCardSignature(async () => publicKey)(AgentCard.fromJSON(card)).then(
    () => true,
    () => false,
  );
}

const algorithms = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

for (const [alg, generate] of Object.entries(algorithms)) {
  test(`cards: ${alg} signatures verify and one flipped byte does not`, patient, async () => {
    const { privateKey, publicKey } = generate();
    const path = join(keys, `${alg}.pem`);
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const spki = publicKey.export({ type: 'spki', format: 'pem' });
    const signing = await new Server({
      a2a: { public_base_url: 'https://agents.example', card: { signing_key: path, key_id: 'key-1' } },
    }).start();
    try {
      const signed = await cardAt(signing.base('stage') + wellKnown, v1);
      assert.equal(signed.signatures.length, 1);
      const head = JSON.parse(Buffer.from(signed.signatures[0].protected, 'base64url'));
      assert.deepEqual([head.alg, head.kid, head.typ], [alg, 'key-1', 'JOSE']);
      assert.ok(await sdkVerifies(signed, publicKey), 'the SDK’s verifier');
      assert.ok(await joseVerifies(signed, spki, alg), 'jose');
      // As users do it: fetched, verified, used.
      const client = await connect(signing.base('stage'), rpc);
      await verifyAgentCardSignature(async (kid) => (kid === 'key-1' ? publicKey : undefined))(client.agentCard);

      const flip = (text, at) => text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
      const [good] = signed.signatures;
      const [first, ...others] = signed.supportedInterfaces;
      const forged = {
        description: { ...signed, description: flip(signed.description, 3) },
        'the url of an interface': { ...signed, supportedInterfaces: [{ ...first, url: flip(first.url, 9) }, ...others] },
        'the signature': { ...signed, signatures: [{ ...good, signature: flip(good.signature, 20) }] },
        'one skill less': { ...signed, skills: signed.skills.slice(1) },
      };
      for (const [what, card] of Object.entries(forged)) {
        assert.equal(await sdkVerifies(card, publicKey), false, `the SDK’s verifier, ${what}`);
        assert.equal(await joseVerifies(card, spki, alg), false, `jose, ${what}`);
      }
      const { publicKey: another } = generate();
      assert.equal(await sdkVerifies(signed, another), false);

      // Every card that is served is signed as it is: the hybrid one and those of the catalogue too.
      const hybrid = await cardAt(signing.base('stage') + wellKnown);
      assert.ok(hybrid.url);
      assert.ok(await sdkVerifies(hybrid, publicKey), 'the SDK’s verifier, the hybrid card');
      assert.ok(await joseVerifies(hybrid, spki, alg), 'jose, the hybrid card');
      const { agents } = await cardAt(`${signing.origin}/a2a`, v1);
      for (const each of agents) {
        assert.ok(await sdkVerifies(each, publicKey), `the SDK’s verifier, ${each.name}`);
        assert.ok(await joseVerifies(each, spki, alg), `jose, ${each.name}`);
      }
    } finally {
      await signing.stop();
    }
  });
}

// What the SDK gives out as a card is its typed object. Its verifier reads that as if it were JSON, and loses the kind of each
// security scheme: such a card verifies as it was fetched, or written as JSON again.
test('cards: the card of a server with keys verifies with its schemes and no byte of it can be another', { timeout: 60_000 }, async (t) => {
  t.mock.method(console, 'debug', () => {});
  const { privateKey, publicKey } = algorithms.EdDSA();
  const path = join(keys, 'closed.pem');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const spki = publicKey.export({ type: 'spki', format: 'pem' });
  const good = (card) =>
    verifyAgentCardSignature(async () => publicKey)(card).then(
      () => true,
      () => false,
    );
  const closed = await new Server({
    auth: { keys: [newKey('app').entry] },
    a2a: { public_base_url: 'https://agents.example', card: { signing_key: path, key_id: 'key-1' } },
  }).start();
  try {
    const [signed, hybrid] = [await cardAt(closed.base('stage') + wellKnown, v1), await cardAt(closed.base('stage') + wellKnown)];
    for (const card of [signed, hybrid]) {
      assert.deepEqual(Object.keys(card.securitySchemes).sort(), ['apiKey', 'bearer']);
      assert.ok(await good(card), 'the SDK’s verifier');
      assert.ok(await joseVerifies(card, spki, 'EdDSA'), 'jose');
    }
    const { agentCard: typed } = await connect(closed.base('stage'), rpc);
    assert.ok(await good(AgentCard.toJSON(typed)), 'the typed card as JSON');
    assert.equal(await good(typed), false, 'the typed card: if this has come to verify, the README may say so');

    const { signatures, ...bare } = signed;
    const { signatures: both, ...whole } = hybrid;
    /** The card with the lowest bit of that byte turned over; nothing when that is no JSON. */
    const flipped = (text, at) => {
      try {
        return JSON.parse(text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1));
      } catch {
        return undefined;
      }
    };
    let forged = 0;
    const plain = canonical(bare);
    for (let at = 0; at < plain.length; ++at) {
      const card = flipped(plain, at);
      if (card === undefined) continue;
      ++forged;
      assert.equal(await good({ ...card, signatures }), false, `the SDK’s verifier, byte ${at} of ${plain}`);
      assert.equal(await joseVerifies({ ...card, signatures }, spki, 'EdDSA'), false, `jose, byte ${at} of ${plain}`);
    }
    assert.ok(forged > plain.length / 2, `${forged} of ${plain.length} bytes make another card`);
    const more = canonical(whole);
    for (let at = 0; at < more.length; ++at) {
      const card = flipped(more, at);
      if (card === undefined) continue;
      assert.equal(await joseVerifies({ ...card, signatures: both }, spki, 'EdDSA'), false, `jose, byte ${at} of ${more}`);
    }
  } finally {
    await closed.stop();
  }
});

test('cards: a key that cannot sign keeps the server from starting', patient, async () => {
  const path = join(keys, 'broken.pem');
  writeFileSync(path, 'no key\n');
  for (const signing_key of [path, join(keys, 'missing.pem')]) {
    const broken = new Server({ a2a: { public_base_url: 'https://agents.example', card: { signing_key, key_id: 'key-1' } } });
    await assert.rejects(broken.start(), /signing_key|key/);
    await broken.stop();
  }
});

test('cards: without a public base URL nothing is signed, and the server does not start', patient, async () => {
  const path = join(keys, 'fine.pem');
  writeFileSync(path, algorithms.EdDSA().privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const homeless = new Server({ a2a: { card: { signing_key: path, key_id: 'key-1' } } });
  await assert.rejects(homeless.start(), /a2a\.card\.signing_key needs a2a\.public_base_url/);
  await homeless.stop();
});
