/** Rows of one policy on several clocks, on a real emulator; and what a stage leaves behind that cannot be set. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultsText } from '../../src/cli/shared/eval-table.js';
import { startEmulators } from '../../src/env-bridge/index.js';
import { openStage, runEvaluation } from '../../src/evaluation/index.js';
import { openRecord } from '../../src/record/index.js';
import { recordedEnv, verifyEpisode } from '../../src/replay/index.js';
import { writeReport } from '../../src/report/index.js';
import { temporaryFolder } from '../record/support/records.js';

/** A player that says a service took 240 ms, which are three of CarRacing's 12.5 decisions a second. */
const SLOW = `
const service = {
  finish: 'stop', request: 'f'.repeat(64), isCached: false, latencyMs: 240, requests: 2, cost: 0.01,
  failed: [{ outcome: 'rate-limited', status: 429, latencyMs: 1, waitMs: 2 }],
};
const answer = { kind: 'text', raw: 'gas', usage: { promptTokens: 50, answerTokens: 2 }, service };
const policy = {
  id: 'slow', isBatchInvariant: true, begin: async () => {}, act: async (asked) => asked.map(() => answer),
  end: async () => {}, [Symbol.asyncDispose]: async () => { globalThis.slowDisposed = true; },
};
export default { name: 'slow', argument: null, description: '', create: async () => policy };
`;

async function slowPlayer(): Promise<string> {
  const file = join(await temporaryFolder(), 'slow.mjs');
  await writeFile(file, SLOW);
  return file;
}

describe('clocks', { timeout: 120_000 }, () => {
  it('are rows of their own, in the file, the records, the table and the report', async () => {
    const out = join(await temporaryFolder(), 'evaluation');
    const asked = {
      games: ['carracing'],
      policies: [`slow=${await slowPlayer()}`],
      clocks: [null, 0.5, 1],
      seeds: '7',
    };
    const { results } = await runEvaluation({ ...asked, maxDecisions: 8, processes: 1, out });
    const names = ['slow', 'slow (clock=real:0.5)', 'slow (clock=real)'];
    expect(results.rows.map(({ policy, clock }) => [policy, clock])).toEqual([
      [names[0], undefined],
      [names[1], 0.5],
      [names[2], 1],
    ]);
    // Eight steps: all asked for; one waited before each, so that four are; three before each, so that two are.
    expect(results.rows.map(({ answers }) => answers.questions)).toEqual([8, 4, 2]);
    expect(results.rows.map(({ spent }) => spent)).toMatchObject([
      { requests: 16, prompt_tokens: 400, answer_tokens: 16, seconds_a_decision: 0.24 },
      { requests: 8, failed_requests: { 'rate-limited': 4 } },
      { requests: 4, cost: 0.02, cost_an_episode: 0.02, seconds_a_decision: 0.06 },
    ]);
    const file = JSON.parse(await readFile(join(out, 'evaluation.json'), 'utf8'));
    expect(file.entries.map(({ clock }: { clock?: number }) => clock)).toEqual([undefined, 0.5, 1]);
    expect(resultsText(results)).toMatch(
      /s\/decision[\s\S]*slow \(clock=real\) +4 +100 +4 +\$0\.0200 +\$0\.0200 +0\.06/,
    );
    expect(resultsText(results)).toContain('of its service rate-limited 8');
    const again = await runEvaluation({ resume: out, trustFiles: true, processes: 1 });
    expect(again.results).toEqual(results);

    const report = await writeReport([out], join(out, 'report'));
    const { games } = JSON.parse(await readFile(report.files.json, 'utf8'));
    const policies: { label: string; row: object; episodes: { run: string }[] }[] = games[0].policies;
    expect(policies.map(({ label }) => label).sort()).toEqual(names.toSorted());
    const real = policies.find(({ label }) => label === names[2]);
    expect(real?.row).toMatchObject({ clock: 1, spent: { requests: 4, cost: 0.02, seconds_a_decision: 0.06 } });
    const shown = `| 4 | 100 | 4 | $0.0200 | $0.0200 | 0.06 | rate-limited 2 |`;
    expect(await readFile(report.files.markdown, 'utf8')).toContain(shown);
    expect(await readFile(report.files.csv, 'utf8')).toMatch(/cost_an_episode.*\r\n/);

    const run = join(out, 'report', decodeURI(real?.episodes[0]?.run ?? ''));
    const verified = await verifyEpisode(await openRecord(run), recordedEnv());
    expect(verified).toMatchObject({ isVerified: true, decisions: 8 });
  });
});

describe('openStage', { timeout: 120_000 }, () => {
  it('disposes of the policy where its recorder cannot be made', async () => {
    const { signal } = new AbortController();
    await using emulators = await startEmulators({ signal });
    const asked = { game: 'carracing', policy: await slowPlayer(), given: null as never };
    await expect(openStage(asked, emulators, signal)).rejects.toThrow();
    expect((globalThis as { slowDisposed?: boolean }).slowDisposed).toBe(true);
  });
});
