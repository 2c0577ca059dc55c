/** What is done in which order, what is gone on with, and what the table then says; jobs are only played. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExperimentConfig } from '../../src/experiment/config.js';
import { differences } from '../../src/experiment/folder.js';
import type { Job } from '../../src/experiment/plan.js';
import { type ExperimentOptions, runExperiment } from '../../src/experiment/run.js';
import { schedule } from '../../src/experiment/schedule.js';
import { experimentTableSchema } from '../../src/experiment/table-schema.js';
import { broken, configOf, playJob, scoreOf, scratch, YAML } from './support/experiments.js';

const config = configOf(YAML);
const JOBS = 2 + 2 * 2 * 3;

async function run(folder: string, changes: Partial<ExperimentOptions> = {}) {
  const done: Job[] = [];
  const begun: Job[] = [];
  const left: (number | null)[] = [];
  const watcher: ExperimentOptions['watcher'] = {
    onBegin: (job) => void begun.push(job),
    onDone: (job, _, __, progress) => {
      done.push(job);
      left.push(progress.left);
    },
  };
  const result = await runExperiment({ config, folder, jobs: 2, watcher, doJob: playJob, ...changes });
  return { ...result, done, begun, left };
}

describe('an experiment', { timeout: 60_000 }, () => {
  it('does every job once, and makes the table and the picture', async () => {
    const folder = await scratch();
    const { table, done, failed, left } = await run(folder);
    expect([done.length, failed.length, table.complete]).toEqual([JOBS, 0, true]);
    expect(left.at(-1)).toBe(0);
    expect(left.slice(2, -1).every((seconds) => (seconds ?? 0) > 0)).toBe(true);
    const written: unknown = JSON.parse(await readFile(join(folder, 'table.json'), 'utf8'));
    expect(experimentTableSchema.parse(written)).toEqual(table);
    const whole = table.rows.find((row) => row.model === 'good' && row.budget === 'all');
    // Trainings 1, 2, 3 score 10, 20, 30 more, budgets 0 and 100, seeds 2.5 in the mean of their rests by seven.
    const seeds = [150000, 150001, 150002, 150003, 150004, 150005];
    const mean = [10, 40].flatMap((n) => [1, 2, 3].flatMap((t) => seeds.map((s) => scoreOf('good', n, t, s))));
    expect(whole).toMatchObject({ training_seed: 'all', episodes: 36, failed: 0, missing: 0 });
    expect(whole?.mean).toBeCloseTo(mean.reduce((a, b) => a + b) / mean.length, 9);
    expect(whole?.interval?.[0]).toBeLessThan(whole?.mean as number);
    expect(table.paired).toHaveLength(3);
    for (const pair of table.paired) expect(pair).toMatchObject({ a: 'good', b: 'plain', difference: 500 });
    const reach = table.reach.filter(({ model }) => model === 'good');
    expect(reach.map(({ score, demonstrations, at_most }) => [score, demonstrations, at_most])).toEqual([
      [500, 10, true],
      [900, null, false],
      [900, null, false],
    ]);
    expect(reach[2]).toMatchObject({ share_of_demonstrator: 0.9 });
    expect(table.records).toHaveLength(JOBS - 1);
    expect(table.protocol.updates).toMatchObject([{ updates: 100 }, { updates: 200 }]);
    const svg = await readFile(join(folder, 'experiment.svg'), 'utf8');
    for (const word of ['good', 'plain', 'good − plain', 'episodes of demonstrations']) expect(svg).toContain(word);
    expect(existsSync(join(folder, 'experiment.png'))).toBe(true);
  });

  it('does again what has no result, and nothing else', async () => {
    const folder = await scratch();
    const { done, table } = await run(folder);
    expect(await run(folder)).toMatchObject({ done: [], begun: [], table: { rows: table.rows } });
    const lost = done.slice(5, 7);
    for (const job of lost) await rm(join(folder, job.folder, 'result.json'));
    const again = await run(folder);
    expect(again.done.map((job) => job.folder).sort()).toEqual(lost.map((job) => job.folder).sort());
    expect(again.table.rows).toEqual(table.rows);
  });

  it('stopped, begins no further job, and goes on', async () => {
    const folder = await scratch();
    const controller = new AbortController();
    const stopping: ExperimentOptions['doJob'] = async (job, place) => {
      if (job.kind === 'training' && job.budget === 40) controller.abort(new Error('enough'));
      if (place.signal.aborted) throw new Error('stopped');
      return playJob(job, place);
    };
    const { done, failed, table } = await run(folder, { signal: controller.signal, doJob: stopping });
    expect([done.length, failed.length, table.complete]).toEqual([4, 0, false]);
    expect((await run(folder)).done).toHaveLength(JOBS - 4);
  });

  it('tells a failed job, goes on with the others, and has no mean of a grid that is not whole', async () => {
    const folder = await scratch();
    const doJob: ExperimentOptions['doJob'] = async (job, place) =>
      job.kind === 'training' && job.model === 'plain' && job.budget === 40 && job.trainingSeed === 2
        ? broken()
        : playJob(job, place);
    const { failed, done, table } = await run(folder, { doJob });
    expect(failed.map(({ error }) => error.details)).toEqual([{ got: 'no space left', where: 'log.txt' }]);
    expect([done.length, table.complete]).toEqual([JOBS - 1, false]);
    const rowOf = (model: string, budget: number | 'all') =>
      table.rows.find((row) => row.model === model && row.budget === budget && row.training_seed === 'all');
    expect(rowOf('plain', 10)?.mean).not.toBeNull();
    expect(rowOf('plain', 40)).toMatchObject({ mean: null, interval: null, episodes: 12, missing: 6 });
    expect(rowOf('plain', 'all')).toMatchObject({ mean: null, missing: 6 });
    expect(rowOf('good', 'all')?.mean).not.toBeNull();
    expect(table.paired.map(({ difference }) => difference)).toEqual([500, null, null]);
    expect(table.reach.filter(({ model, demonstrations }) => model === 'plain' && demonstrations !== null)).toEqual([]);
    expect((await run(folder)).table.complete).toBe(true);
  });

  it('begins no training without its demonstrations', async () => {
    const folder = await scratch();
    const doJob: ExperimentOptions['doJob'] = async (job, place) =>
      job.kind === 'collect' ? broken() : playJob(job, place);
    const { begun, failed, table } = await run(folder, { doJob });
    expect(begun.map(({ kind }) => kind)).toEqual(['collect', 'reference']);
    expect([failed.length, table.demonstrators[0]?.shown, table.demonstrators[0]?.mean]).toEqual([1, null, 1000]);
  });

  it('counts failed episodes, takes the mean of the others, and takes the job up again', async () => {
    const folder = await scratch();
    const failing: ExperimentOptions['doJob'] = async (job, place) => {
      const result = await playJob(job, place);
      if (job.kind !== 'training' || !('scores' in result) || job.trainingSeed > 1 || job.budget > 10) return result;
      const { 150003: _, ...scores } = result.scores;
      return { ...result, scores, failures: { 150003: 'policy_failure' } };
    };
    const { failed, table } = await run(folder, { doJob: failing });
    expect(failed).toHaveLength(2);
    expect(failed[0]?.error.message).toContain('150003');
    const row = table.rows.find(({ budget, training_seed }) => budget === 10 && training_seed === 'all');
    expect(row).toMatchObject({ episodes: 17, failed: 1, missing: 0 });
    expect(row?.mean).not.toBeNull();
    expect(table.complete).toBe(false);
  });

  it('refuses a folder of another experiment, saying what differs', async () => {
    const folder = await scratch();
    await run(folder);
    const other: ExperimentConfig = { ...config, seeds: '150000..150004' };
    await expect(run(folder, { config: other })).rejects.toThrow(/config\.seeds: "150000\.\.150005"[\s\S]*150004/);
    const more: ExperimentConfig = { ...config, training_seeds: [1, 2, 3, 4], name: 'other' };
    await expect(run(folder, { config: more })).rejects.toThrow(/config\.name[\s\S]*config\.training_seeds\.3/);
    const path = join(folder, 'experiment.json');
    const file = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...file, models: { ...file.models, good: '0' } }));
    await expect(run(folder)).rejects.toThrow(/models\.good/);
    await writeFile(path, '{');
    await expect(run(folder)).rejects.toMatchObject({ code: 'record' });
  });

  it('refuses a demonstrator twice, and models that are not there, before anything is made', async () => {
    const folder = join(await scratch(), 'new');
    const twice = { ...config, games: [...config.games, ...config.games] };
    await expect(run(folder, { config: twice })).rejects.toThrow(/stands twice/);
    const none = { ...config, models: { good: 'no-such-model' } };
    await expect(run(folder, { config: none })).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('differences of two files', () => {
  it('are named by their fields', () => {
    expect(differences({ a: [1, { b: 2 }], c: 3 }, { a: [1, { b: 4 }], d: 3 })).toEqual([
      { field: 'a.1.b', before: '2', after: '4' },
      { field: 'c', before: '3', after: 'nothing' },
      { field: 'd', before: 'nothing', after: '3' },
    ]);
    expect(differences({ a: [1] }, { a: { 0: 1 } })).toHaveLength(1);
  });
});

describe('jobs side by side', () => {
  it('are as many as asked for, and each begins behind what it needs', async () => {
    const jobs = ['a', 'b', 'c', 'd', 'e'].map((folder) => ({ folder }));
    const running = new Set<string>();
    const over: string[] = [];
    let most = 0;
    await schedule(jobs, 2, {
      needs: ({ folder }) => (folder === 'b' ? 'e' : undefined),
      signal: new AbortController().signal,
      work: async ({ folder }) => {
        running.add(folder);
        most = Math.max(most, running.size);
        await new Promise((done) => setTimeout(done, 5));
        running.delete(folder);
        over.push(folder);
        return true;
      },
    });
    expect(most).toBe(2);
    expect([...over].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(over.at(-1)).toBe('b');
  });
});
