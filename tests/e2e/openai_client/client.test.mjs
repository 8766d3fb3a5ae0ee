// OpenAI's client as its users have it: only the address differs. The server is the shipped one with its shipped configuration.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';

const data = mkdtempSync(join(tmpdir(), 'mofa-openai-'));
let server;
let origin;
let client;

before(async () => {
  const environment = { ...process.env };
  delete environment.OPENAI_API_KEY;
  const config = process.env.MOFA_CONFIG;
  server = spawn(process.env.MOFA_SERVER, ['serve', '--config', config, '--listen', '127.0.0.1:0', '--data', data], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    origin = line.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
    if (origin) break;
  }
  assert.ok(origin, 'the server says where it is');
  client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'none is needed on loopback' });
}, { timeout: 20_000 });

after(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  rmSync(data, { recursive: true, force: true });
});

const ask = (model, text, more = {}) =>
  client.chat.completions.create({ model, messages: [{ role: 'user', content: text }], ...more });

const tasksOf = async (agent) => {
  const answer = await fetch(`${origin}/api/v1/tasks?agent=${agent}`);
  return (await answer.json()).items;
};

test('chat: an answer with its usage', async () => {
  const got = await ask('assistant', 'What is 17*23?', { temperature: 0.2, max_completion_tokens: 100, user: 'ada' });
  assert.equal(got.choices[0].message.content, 'The result is 391.');
  assert.equal(got.choices[0].finish_reason, 'stop');
  assert.equal(got.model, 'assistant');
  assert.ok(got.usage.total_tokens > 0);
  assert.ok(got._request_id);
});

test('chat: a conversation that the client keeps', async () => {
  const messages = [{ role: 'developer', content: 'Be brief.' }, { role: 'user', content: 'hello' }];
  const first = await client.chat.completions.create({ model: 'echo', messages });
  messages.push(first.choices[0].message, { role: 'user', content: [{ type: 'text', text: 'again' }] });
  const second = await client.chat.completions.create({ model: 'echo', messages });
  assert.equal(second.choices[0].message.content, 'again');
});

test('streaming: pieces that are the answer, the reason of its end, the usage last', async () => {
  // Half a second before the first word: the stream is there by then and hears them all.
  const stream = await ask('assistant', 'Think slowly.', { stream: true, stream_options: { include_usage: true } });
  let content = '';
  let pieces = 0;
  let finish;
  let usage;
  for await (const chunk of stream) {
    const choice = chunk.choices[0];
    if (choice?.delta.content) {
      content += choice.delta.content;
      ++pieces;
    }
    finish = choice?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(content, 'I have thought about it for half a second.');
  assert.ok(pieces > 1);
  assert.equal(finish, 'stop');
  assert.ok(usage.completion_tokens > 0);
});

test('streaming: the helper that gathers a stream', async () => {
  const runner = client.chat.completions.stream({ model: 'echo', messages: [{ role: 'user', content: 'hello' }] });
  assert.equal(await runner.finalContent(), 'hello');
});

test('streaming: a client that aborts leaves its task alone', async () => {
  const stream = await ask('assistant', 'Think slowly.', { stream: true });
  let id;
  for await (const chunk of stream) {
    id = chunk.id.replace('chatcmpl-', '');
    stream.controller.abort();
  }
  // The task's own stream ends with the task.
  await (await fetch(`${origin}/api/v1/tasks/${id}/events`, { headers: { accept: 'text/event-stream' } })).text();
  const task = await (await fetch(`${origin}/api/v1/tasks/${id}`)).json();
  assert.equal(task.status.state, 'completed');
});

test('models: every agent', async () => {
  const models = [];
  for await (const each of await client.models.list()) models.push(each.id);
  assert.ok(models.includes('assistant'));
  assert.ok(models.includes('weather'));
});

test('errors: an unknown model', async () => {
  await assert.rejects(ask('asistant', 'hello'), (why) => {
    assert.ok(why instanceof OpenAI.NotFoundError);
    assert.equal(why.code, 'model_not_found');
    assert.equal(why.param, 'model');
    assert.match(why.message, /'assistant'/);
    return true;
  });
});

test('errors: a parameter that is not supported', async () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
  await assert.rejects(ask('echo', 'hello', { tools }), (why) => {
    assert.ok(why instanceof OpenAI.BadRequestError);
    assert.equal(why.code, 'unsupported_parameter');
    assert.equal(why.param, 'tools');
    return true;
  });
});

test('errors: a task that ends without an answer, once', async () => {
  await assert.rejects(ask('concierge', 'nonsense'), (why) => {
    assert.ok(why instanceof OpenAI.UnprocessableEntityError);
    assert.match(why.message, /a day in Paris/);
    return true;
  });
  assert.equal((await tasksOf('concierge')).length, 1);
});

test('errors: one in mid-stream', async () => {
  const stream = await ask('concierge', 'nonsense', { stream: true });
  await assert.rejects(async () => {
    for await (const chunk of stream) assert.equal(chunk.object, 'chat.completion.chunk');
  }, (why) => {
    assert.ok(why instanceof OpenAI.APIError);
    assert.match(why.message, /a day in Paris/);
    return true;
  });
});
