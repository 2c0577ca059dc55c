/** OpenAI's client for Python against a service of a tiny checkpoint. */
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { pythonCommand } from '../../src/core/project-paths.js';
import { dataUrl, KEY, noise, question, serveTiny } from './support/served.js';

it("gives OpenAI's client for Python what the one for Node.js gets", async () => {
  await using served = await serveTiny();
  const script = join(import.meta.dirname, 'support', 'openai_client.py');
  const { executable, env } = pythonCommand();
  const { stdout } = await execa(executable, [script, served.service.url, KEY, await dataUrl(noise(1))], { env });
  const said = JSON.parse(stdout);

  const asked = { ...(await question('go', 1)), max_tokens: 6 };
  const own = await served.client.chat.completions.create(asked);
  const guided = { ...asked, guided_choice: ['left', 'right'] };
  const choice = (await served.client.chat.completions.create(guided)).choices[0]?.message.content as string;
  expect(said).toEqual({
    models: ['tiny'],
    text: own.choices[0]?.message.content,
    usage: own.usage?.total_tokens,
    streamed: own.choices[0]?.message.content,
    streamedUsage: own.usage?.total_tokens,
    schema: choice,
    likely: [choice, choice === 'left' ? 'right' : 'left'],
    choice,
    error: 'model_not_found',
    denied: true,
  });
});
