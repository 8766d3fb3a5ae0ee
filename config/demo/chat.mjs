// chat.mjs FOLDER: asks an agent one question through OpenAI's own npm package, which is installed in FOLDER; the words as they come.
import { createRequire } from 'node:module';

const { OpenAI } = createRequire(`${process.argv[2]}/`)('openai');
const client = new OpenAI({ baseURL: `${process.env.MOFA_URL}/v1`, apiKey: 'none needed here' });
const words = await client.chat.completions.create({
  model: 'assistant',
  messages: [{ role: 'user', content: 'What is 6*7?' }],
  stream: true,
});
for await (const chunk of words) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
process.stdout.write('\n');
