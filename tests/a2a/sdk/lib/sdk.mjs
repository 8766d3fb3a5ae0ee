// What the SDK's clients of both versions have in common: how they are made and called, over each binding.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Wire } from './wire.mjs';

export const rpc = { name: 'jsonrpc', protocol: 'JSONRPC', rpc: true };
export const rest = { name: 'rest', protocol: 'HTTP+JSON', rpc: false };

/** Registers the test for each binding, as `PREFIX jsonrpc: NAME` and `PREFIX rest: NAME`. */
export function forBoth(prefix) {
  return (name, body) => {
    for (const binding of [rpc, rest]) test(`${prefix} ${binding.name}: ${name}`, { timeout: 20_000 }, () => body(binding));
  };
}

/** Makes clients as users of that SDK make them: from the agent's URL, by its card. */
export function connectBy({ ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory }) {
  return async (base, binding, { wire = new Wire(), fetchImpl = wire.fetch, clientConfig } = {}) => {
    const factory = new ClientFactory({
      transports: [new JsonRpcTransportFactory({ fetchImpl }), new RestTransportFactory({ fetchImpl })],
      preferredTransports: [binding.protocol],
      cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
      clientConfig,
    });
    const client = await factory.createFromUrl(base);
    return Object.assign(client, { wire, binding });
  };
}

export async function collect(stream) {
  const out = [];
  for await (const each of stream) out.push(each);
  return out;
}

export async function failure(promise) {
  try {
    await promise;
  } catch (why) {
    return why;
  }
  return assert.fail('it should have been refused');
}
