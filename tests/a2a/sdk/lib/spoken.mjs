// The ways in which a test speaks A2A, by version and binding: each request that was answered, by its path, its header and its
// query, whoever sent it. One line for each test and way, in the file that MOFA_A2A_SPOKEN names; the table of requirements is
// checked against it. A card is of its version, the same for all bindings.
import { appendFileSync } from 'node:fs';
import { beforeEach } from 'node:test';

let running;
let known = new Set();
beforeEach((test) => {
  running = test.name;
  known = new Set();
});

function wayOf(url, headers) {
  const version = headers.get('a2a-version') || url.searchParams.get('A2A-Version') || '0.3';
  const spoken = /^0\.[23](\.|$)/.test(version) ? '0.3' : '1.0';
  const path = url.pathname;
  if (path === '/a2a' || path.includes('/.well-known/agent')) return `${spoken}/card`;
  if (path.startsWith('/api/') || path === '/metrics') return undefined;
  const below = path.replace(/^\/a2a\/[^/]+/, '');
  if (below === '' || below === '/') return `${spoken}/jsonrpc`;
  // The second is the place of the extended card in 0.2.
  return below.startsWith('/v1/') || below.startsWith('/agent/') ? '0.3/rest' : '1.0/rest';
}

const plain = globalThis.fetch;
globalThis.fetch = async (what, init) => {
  const test = running;
  const seen = known;
  const answer = await plain(what, init);
  const way = wayOf(new URL(what.url ?? what), new Headers(init?.headers ?? what.headers));
  if (way !== undefined && test !== undefined && !seen.has(way)) {
    seen.add(way);
    appendFileSync(process.env.MOFA_A2A_SPOKEN, `${way} ${test}\n`);
  }
  return answer;
};
