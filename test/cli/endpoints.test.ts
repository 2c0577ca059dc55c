/** Models behind services play through the command line: real emulators, a service on loopback. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chat, KEY, type Service, sendJson, startService } from '../players/http/support/services.js';
import { agent, readManifest, scratchFolder } from './agent-command.js';

const ACTIONS = ['left', 'right', 'gas', 'brake', 'nothing'];
const env = { MY_KEY: KEY };

/** Answers as the pictures say, the same whenever it is asked; it echoes the key wherever it can. */
const playing = (): Promise<Service> =>
  startService((response, body) => {
    const [digit = 0] = createHash('sha256').update(JSON.stringify(body.messages)).digest();
    const action = ACTIONS[digit % ACTIONS.length];
    const content = `<think>the key is ${KEY}</think>{"action": "${action}", "note": "${KEY}"}`;
    sendJson(response, chat({ content }, {}, { model: `tiny ${KEY}` }));
  });

async function endpointFile(folder: string, { url }: Service, lines = ''): Promise<string> {
  const file = join(folder, 'own.yaml');
  await writeFile(file, `base_url: ${url}\nkey: MY_KEY\nmodel: tiny\ntemperature: 0\nanswers: text\n${lines}`);
  return file;
}

/** Files of a folder and below that hold the key. */
async function filesWithKey(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile() && (await readFile(path)).includes(KEY)) found.push(name);
  }
  return found;
}

async function chains(run: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const names = await readdir(join(run, 'episodes'), { recursive: true });
  for (const name of names.filter((one) => one.endsWith('manifest.json'))) {
    found[name] = (await readManifest(join(run, 'episodes', name, '..'))).result?.chain;
  }
  return found;
}

describe('agent play', { timeout: 240_000 }, () => {
  it('plays a whole recorded episode, and the key is in no file and no line', async () => {
    const folder = await scratchFolder();
    await using service = await playing();
    const policy = `endpoint:${await endpointFile(folder, service, 'prices: { prompt: 1, answer: 2 }\nplay: { history: 1 }')}`;
    const run = join(folder, 'run');
    const asked = ['play', '-g', 'carracing', '-p', policy, '--max-decisions', '6', '-o', run];
    const { exitCode, stdout, stderr } = await agent([...asked, '--cache', join(folder, 'cache'), '--max-cost', '1'], {
      env,
    });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout + stderr).not.toContain(KEY);
    expect(stderr).toContain('services: 6 requests, 720 tokens asked and 42 answered, $0.0008');
    expect(service.bodies).toHaveLength(6);
    expect(await filesWithKey(folder)).toEqual([]);
    const manifest = await readManifest(run);
    expect(manifest).toMatchObject({
      status: 'stopped',
      policy: { id: policy, provenance: { base_url: service.url, model: 'tiny', temperature: 0 } },
      result: { decisions: 6 },
      game: { config: { play: { history: 1 } } },
    });
    expect(service.bodies.at(-1)).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }],
    });
    expect((await agent(['replay', run, '--check'])).exitCode).toBe(0);
  });

  it('tells a denied request without the key that the service echoes', async () => {
    const folder = await scratchFolder();
    await using service = await startService((response) =>
      sendJson(response, { error: { message: `Incorrect API key provided: ${KEY}` } }, 401),
    );
    const policy = `endpoint:${await endpointFile(folder, service)}`;
    const asked = ['play', '-g', 'carracing', '-p', policy, '--max-decisions', '2', '-o', join(folder, 'run')];
    const { exitCode, stderr } = await agent(asked, { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('denied');
    expect(stderr).not.toContain(KEY);
    expect(await filesWithKey(folder)).toEqual([]);
  });

  it.each([
    [[], 'the key of the service is not in the environment'],
    [['--max-cost', '2'], 'the key of the service'],
    [['--max-cost', '0'], 'expected dollars'],
    [['--max-requests', '1.5'], 'expected a whole number'],
  ])('%j is wrong usage', async (more, message) => {
    const { exitCode, stderr } = await agent(['eval', '-g', 'carracing', '-p', 'openai:gpt-x', ...more], {
      env: { OPENAI_API_KEY: '' },
    });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('refuses a budget in dollars without prices before anything is made', async () => {
    const run = join(await scratchFolder(), 'run');
    const asked = ['eval', '-g', 'carracing', '-p', 'google:gemini-x', '--max-cost', '2', '-o', run];
    const { exitCode, stderr } = await agent(asked, { env: { GEMINI_API_KEY: 'x' } });
    expect(stderr).toContain('a budget in dollars needs prices');
    expect(exitCode).toBe(2);
    expect(existsSync(run)).toBe(false);
  });
});

describe('agent eval', { timeout: 240_000 }, () => {
  it('ends where its budget does, and goes on to the results of an undisturbed one without paying twice', async () => {
    const folder = await scratchFolder();
    await using service = await playing();
    const policy = `own=endpoint:${await endpointFile(folder, service)}`;
    const asked = ['eval', '-g', 'carracing', '-p', policy, '--seeds', '100000..100002', '--max-decisions', '5'];
    const evaluate = (run: string, ...more: string[]) =>
      agent([...asked, '--parallel', '2', '--processes', '1', '-o', join(folder, run), ...more], { env });

    expect((await evaluate('undisturbed')).exitCode).toBe(0);
    const needed = service.bodies.length;
    expect(needed).toBe(15);

    const cache = ['--cache', join(folder, 'cache')];
    const stopped = await evaluate('limited', ...cache, '--max-requests', '7');
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('the budget is used up');
    expect(stopped.stderr).toContain(`agent eval --resume ${join(folder, 'limited')}`);
    expect(service.bodies).toHaveLength(needed + 7);

    const resume = ['eval', '--resume', join(folder, 'limited'), '--trust-files', '--parallel', '2', ...cache];
    const resumed = await agent([...resume, '--json'], { env });
    expect(resumed.exitCode).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ complete: true });
    expect(resumed.stderr).toMatch(/services: 8 requests.*7 answers out of the cache/);
    expect(service.bodies).toHaveLength(2 * needed);
    expect(await chains(join(folder, 'limited'))).toEqual(await chains(join(folder, 'undisturbed')));

    const repeated = await evaluate('repeated', ...cache);
    expect(repeated.exitCode).toBe(0);
    expect(service.bodies).toHaveLength(2 * needed);
    expect(await chains(join(folder, 'repeated'))).toEqual(await chains(join(folder, 'undisturbed')));
    expect(await filesWithKey(folder)).toEqual([]);
  });
});
