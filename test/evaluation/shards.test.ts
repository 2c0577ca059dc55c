/** Evaluations in parts: shards play what the whole would, and put together they are the whole, bit for bit. */
import { appendFile, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mergeEvaluations, parseShard, runEvaluation, seedsOfShard } from '../../src/evaluation/index.js';
import { temporaryFolder } from '../record/support/records.js';

const environment = { env: 'FrozenLake-v1', kwargs: { is_slippery: false }, observation: 'render' } as const;
const asked = { environment, policies: ['random', 'right=constant:2'], seeds: '3..6,2', maxDecisions: 20 };

describe('parseShard', () => {
  it('counts from 1', () => {
    expect(parseShard('3/16')).toEqual({ index: 3, of: 16 });
    for (const wrong of ['0/4', '5/4', '1', '1/0', 'a/b', '1/2/3', ' 1/2']) {
      expect(() => parseShard(wrong)).toThrow(/--shard|names no shard/);
    }
  });
});

describe('seedsOfShard', () => {
  it('gives every seed to one shard, in order', () => {
    const seeds = [5, 3, 8, 1, 9, 7, 2];
    const parts = [1, 2, 3].map((index) => seedsOfShard(seeds, { index, of: 3 }));
    expect(parts).toEqual([
      [5, 1, 2],
      [3, 9],
      [8, 7],
    ]);
    expect(() => seedsOfShard(seeds, { index: 1, of: 8 })).toThrow(/fewer seeds than shards/);
  });
});

describe('shards', { timeout: 120_000 }, () => {
  it('merge to the table of the whole, also in two goes, and without a record that lies', async () => {
    const folder = await temporaryFolder();
    const shardFolder = (index: number): string => join(folder, `shard-${index}`);
    const whole = await runEvaluation({ ...asked, processes: 1, out: join(folder, 'whole') });
    for (const index of [1, 2]) {
      await runEvaluation({ ...asked, processes: 1, shard: { index, of: 2 }, out: shardFolder(index) });
    }
    const out = join(folder, 'merged');
    const merge = (...folders: string[]) => mergeEvaluations({ folders, out, trustFiles: true });

    const half = await merge(shardFolder(2));
    expect(half).toMatchObject({ complete: false });
    expect(half.results.rows[0]).toMatchObject({ planned: 5, episodes: 2, missing: 3 });
    const merged = await merge(shardFolder(1), shardFolder(2));
    expect(merged).toMatchObject({ complete: true, results: whole.results });
    const table = async (run: string) => readFile(join(run, 'results.json'), 'utf8');
    expect(await table(out)).toBe(await table(whole.folder));

    const game = whole.results.rows[0]?.game as string;
    const steps = join(shardFolder(1), 'episodes', game, 'right', '5', 'steps.jsonl');
    await appendFile(steps, '{"step":99}\n');
    await rm(out, { recursive: true });
    const told: unknown[] = [];
    const watcher = {
      onSetAside: ({ seed, policy }: { seed: number | null; policy: string }) => told.push([policy, seed]),
    };
    const doubtful = await mergeEvaluations({
      ...{ folders: [shardFolder(1), shardFolder(2)], out, trustFiles: true, watcher },
    });
    expect(told).toEqual([['right', 5]]);
    expect(doubtful.results.rows.map(({ missing }) => missing)).toEqual([0, 1]);
    // What is missing is played here as in any evaluation.
    const again = await runEvaluation({ resume: out, trustFiles: true, processes: 1 });
    expect(again).toMatchObject({ complete: true, results: whole.results });

    await rm(steps);
    await symlink('/etc/passwd', steps);
    await rm(out, { recursive: true });
    const notes: string[] = [];
    const onNote = (sentence: string): void => void notes.push(sentence);
    const linked = await mergeEvaluations({
      ...{ folders: [shardFolder(1), shardFolder(2)], out, trustFiles: true, watcher: { onNote } },
    });
    expect(linked.results.rows.map(({ missing }) => missing)).toEqual([0, 1]);
    expect(notes).toEqual([expect.stringContaining('no regular file')]);
  });

  it('are not mixed with another evaluation, and no seed is counted twice', async () => {
    const folder = await temporaryFolder();
    const play = (name: string, options: object) =>
      runEvaluation({ environment, processes: 1, policies: ['noop=constant:0'], out: join(folder, name), ...options });
    const one = (await play('one', { seeds: '1,2', maxDecisions: 2 })).folder;
    const two = (await play('two', { seeds: '2,3', maxDecisions: 2 })).folder;
    const longer = (await play('longer', { seeds: '4', maxDecisions: 3 })).folder;
    const shard = (await play('shard', { seeds: '5,6', maxDecisions: 2, shard: { index: 1, of: 2 } })).folder;
    const merge = (...folders: string[]) =>
      mergeEvaluations({ folders, trustFiles: true, out: join(folder, 'merged') });
    await expect(merge(one, two)).rejects.toThrow(/two evaluations played the same seed/);
    await expect(merge(one, longer)).rejects.toThrow(/limit of decisions/);
    await expect(merge(one, shard)).rejects.toThrow(/seeds of all shards together/);
    await expect(merge(folder)).rejects.toThrow(/no evaluation to merge/);
    await expect(mergeEvaluations({ folders: [one], out: join(folder, 'merged') })).rejects.toThrow(/somebody else/);
    // A shard is gone on with as that shard only.
    await expect(play('shard', { seeds: '5,6', maxDecisions: 2, shard: { index: 2, of: 2 } })).rejects.toThrow(
      /started with: the shard/,
    );
  });
});
