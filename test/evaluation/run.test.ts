/** Evaluating and comparing as library calls, on a real emulator. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmulators } from '../../src/env-bridge/index.js';
import { comparePolicies, openStage, runEvaluation } from '../../src/evaluation/index.js';
import { openRecord } from '../../src/record/index.js';
import { temporaryFolder } from '../record/support/records.js';

const environment = { env: 'FrozenLake-v1', kwargs: { is_slippery: false }, observation: 'render' } as const;

describe('runEvaluation', { timeout: 120_000 }, () => {
  it('plays, tells what it does, and goes on with what is there', async () => {
    const out = join(await temporaryFolder(), 'evaluation');
    const told: string[] = [];
    const watcher = {
      onStart: ({ isResumed }: { isResumed: boolean }) => told.push(isResumed ? 'resumed' : 'new'),
      onEntry: ({ policy, planned, done }: { policy: string; planned: number; done: readonly unknown[] }) => {
        told.push(`${policy} ${done.length}/${planned}`);
        return (seed: number) => ({ onEnd: () => void told.push(`${seed}`) });
      },
    };
    const asked = { environment, policies: ['random', 'right=constant:2'], seeds: '3,4', processes: 1, out, watcher };
    const { results, complete, folder } = await runEvaluation({ ...asked, maxDecisions: 20, given: ['a test'] });
    expect(folder).toBe(out);
    expect(complete).toBe(true);
    expect(results.rows.map(({ policy, episodes }) => [policy, episodes])).toEqual([
      ['random', 2],
      ['right', 2],
    ]);
    // Episodes of a row end in any order.
    const rows = [told.slice(0, 2), told.slice(2, 4).sort(), told.slice(4, 5), told.slice(5).sort()];
    expect(rows).toEqual([['new', 'random 0/2'], ['3', '4'], ['right 0/2'], ['3', '4']]);
    const { manifest } = await openRecord(join(out, 'episodes', results.rows[0]?.game as string, 'right', '3'));
    expect(manifest.arguments.given).toEqual(['a test']);
    told.length = 0;
    const again = await runEvaluation({ resume: out, trustFiles: true, processes: 1, watcher });
    expect(again.results).toEqual(results);
    expect(told).toEqual(['resumed']);
  });

  it('rejects what is wrong before anything is written', async () => {
    const out = join(await temporaryFolder(), 'evaluation');
    const asked = { games: ['carracing'], policies: ['rndom'], out };
    await expect(runEvaluation(asked)).rejects.toThrow(/did you mean random/);
    await expect(readFile(join(out, 'evaluation.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('openStage', { timeout: 120_000 }, () => {
  it('makes no video where none is asked for, also by the word', async () => {
    const out = join(await temporaryFolder(), 'episode');
    const { signal } = new AbortController();
    await using emulators = await startEmulators({ signal });
    const asked = { ...environment, policy: 'constant:2', seed: 5, maxDecisions: 2, video: false, out };
    await using stage = await openStage(asked, emulators, signal);
    expect(await stage.play([])).toMatchObject({ steps: 2 });
    expect(await stage.outcome()).toMatchObject({ run: out, video: null });
    expect((await readdir(out)).sort()).toEqual(['manifest.json', 'steps.jsonl']);
  });
});

describe('comparePolicies', { timeout: 120_000 }, () => {
  it('plays each on the same seed and says where they part', async () => {
    const out = join(await temporaryFolder(), 'comparison');
    const policies = ['constant:1', 'constant:2'];
    const comparison = await comparePolicies({ ...environment, policies, seed: 5, maxDecisions: 6, video: false, out });
    expect(comparison).toMatchObject({ folder: out, seed: 5, video: null, strip: 'partings.png' });
    expect(comparison.episodes.map(({ policy, record }) => [policy, record])).toEqual([
      ['constant:1', '1-constant-1'],
      ['constant:2', '2-constant-2'],
    ]);
    expect(comparison.partings[0]?.step).toBe(1);
    expect(JSON.parse(await readFile(join(out, 'comparison.json'), 'utf8'))).toEqual(comparison);
  });
});
