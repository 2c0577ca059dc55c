/** An eye test over a service that is killed in the middle of a round: what was answered is not asked again. */
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { EYE_TESTS, eyeFolders } from '../../src/eyetest/index.js';
import { agent, scratchFolder } from '../cli/agent-command.js';
import { sendJson, startService, WELL } from '../players/http/support/services.js';

/** Answers before the service rests, twice: within the first round of all tests, and within a later one. */
const RESTS = [5, 20];
const EACH = 1;

it('asks nothing twice that was answered before it was killed', { timeout: 240_000 }, async () => {
  const folder = await scratchFolder();
  const out = join(folder, 'eyes');
  const answered = new Map<string, number>();
  let until = RESTS[0] as number;
  const answer = (response: ServerResponse, body: object): void => {
    const question = JSON.stringify(body);
    const count = [...answered.values()].reduce((sum, one) => sum + one, 0);
    if (count >= until) return;
    answered.set(question, (answered.get(question) ?? 0) + 1);
    sendJson(response, WELL['openai-compatible']('up'));
  };
  await using service = await startService(answer);
  const file = join(folder, 'own.yaml');
  await writeFile(file, `base_url: ${service.url}\nanswers: text\nmodel: m\nrequests_at_once: 4\n`);
  const tests = EYE_TESTS.map(({ name }) => name);
  const args = ['eyetest', '--model', `endpoint:${file}`, '--each', String(EACH), '--side', '64', '--out', out];
  const start = () => agent([...args, '--tests', ...tests]);
  const lines = async (): Promise<number> => {
    const [own] = await eyeFolders(out);
    return (await readFile(join(own as string, 'answers.jsonl'), 'utf8')).split('\n').length - 1;
  };
  for (const rest of RESTS) {
    until = rest;
    const running = start();
    let isRunning = true;
    void running.then(() => {
      isRunning = false;
    });
    while (isRunning && (await lines().catch(() => 0)) < rest) await sleep(20);
    running.kill('SIGKILL');
    const { stderr, isTerminated } = await running;
    expect(isTerminated, stderr).toBe(true);
  }
  until = Number.POSITIVE_INFINITY;
  const { exitCode, stderr } = await start();
  expect(exitCode, stderr).toBe(0);
  expect([...answered.values()].filter((times) => times > 1)).toEqual([]);
  expect(await lines()).toBe(answered.size);
  expect(answered.size).toBeGreaterThan(RESTS[1] as number);
});
