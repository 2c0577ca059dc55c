import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsOf, planExperiment, type TrainingJob, updatesOf } from '../../src/experiment/plan.js';
import { reached } from '../../src/experiment/reach.js';
import { readPlayRecipe } from '../../src/training/play/recipe.js';
import { configOf, scratch, YAML } from './support/experiments.js';

const GAMES = [{ name: 'carracing', isSighted: false }];
const at = (path: string) => join('/experiment', path);

describe('updates of a budget', () => {
  it('follow one rule', () => {
    const rule = { at: 30, count: 400, power: 0.5 };
    expect([10, 30, 90, 270].map((budget) => updatesOf(rule, budget))).toEqual([231, 400, 693, 1200]);
    expect(updatesOf({ ...rule, power: 0 }, 7)).toBe(400);
    expect(updatesOf({ at: 1000, count: 1, power: 1 }, 1)).toBe(1);
  });
});

describe('the plan', () => {
  it('has each demonstrator once, then a whole grid with each training seed, models side by side', () => {
    const { jobs } = planExperiment(configOf(YAML), GAMES);
    expect(jobs.map(({ kind }) => kind).slice(0, 3)).toEqual(['collect', 'reference', 'training']);
    const trainings = jobs.filter((job) => job.kind === 'training');
    expect(trainings.map(({ trainingSeed, budget, model }) => `${trainingSeed} ${budget} ${model}`)).toEqual(
      [1, 2, 3].flatMap((seed) => [10, 40].flatMap((n) => ['good', 'plain'].map((model) => `${seed} ${n} ${model}`))),
    );
    expect(new Set(jobs.map(({ folder }) => folder)).size).toBe(jobs.length);
  });

  it('collects the largest budget, without seeds that are kept for validation', () => {
    const [collect] = planExperiment(configOf(YAML), GAMES).jobs;
    const seeds = collect?.kind === 'collect' ? collect.seeds : [];
    expect(seeds).toHaveLength(40);
    expect(seeds.filter((seed) => seed % 10 === 9)).toEqual([]);
    expect(seeds.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10]);
  });

  it('trains each model on the first episodes of the same dataset, by a recipe without rounds', async () => {
    const config = configOf(YAML);
    const { jobs } = planExperiment(config, GAMES);
    const trainings = jobs.filter((job): job is TrainingJob => job.kind === 'training');
    const commands = trainings.map((job) => commandsOf(job, { config, game: 'carracing', at }));
    const datasets = commands.map(([train]) => train?.[train.indexOf('--demonstrations') + 1]);
    expect(new Set(datasets)).toEqual(new Set(['/experiment/demonstrations/carracing/expert/dataset']));
    expect(commands.map(([train]) => train?.[train.indexOf('--first-episodes') + 1])).toEqual(
      trainings.map(({ budget }) => String(budget)),
    );
    const folder = await scratch();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'recipe.yaml'), trainings.at(-1)?.recipe ?? '');
    const recipe = await readPlayRecipe(join(folder, 'recipe.yaml'));
    expect(recipe).toMatchObject({ seed: 3, steps: [200], learning: ['projector', 'language'] });
    expect(recipe.held_out.episodes).toBe(0);
    expect(recipe.games[0]?.round_episodes).toBe(0);
  });

  it('does not ask for sights of a model that learnt the actions alone', () => {
    const blind = planExperiment(configOf(YAML), [{ name: 'carracing', isSighted: true }]).jobs.at(-1) as TrainingJob;
    const [, evaluation] = commandsOf(blind, { config: configOf(YAML), game: 'carracing', at });
    expect(evaluation?.slice(-2)).toEqual(['--play', 'sights=off']);
    const taught = configOf(
      YAML.replace('seeds: 0..49', 'seeds: 0..49, lessons: { blur: [1] }').replace('0..49,', '0..49,'),
    );
    const sighted = planExperiment(taught, [{ name: 'carracing', isSighted: true }]).jobs.at(-1) as TrainingJob;
    expect(sighted.isBlind).toBe(false);
    expect(sighted.recipe).toContain('lessons:');
  });
});

describe('demonstrations for a score', () => {
  const curve = [
    { budget: 10, mean: 100 },
    { budget: 100, mean: 300 },
    { budget: 1000, mean: 250 },
  ];

  it('lie on a straight line between two budgets, by their logarithms', () => {
    expect(reached(curve, 200).episodes).toBeCloseTo(10 ** 1.5, 9);
    expect(reached(curve, 300)).toEqual({ episodes: 100, isAtMost: false });
  });

  it('are at most the smallest budget, or none where the curve stays below', () => {
    expect(reached(curve, 50)).toEqual({ episodes: 10, isAtMost: true });
    expect(reached(curve, 301)).toEqual({ episodes: null, isAtMost: false });
    expect(reached([], 1)).toEqual({ episodes: null, isAtMost: false });
  });

  it('are between the budgets around them, and more for a higher score', () => {
    const growing = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(growing, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (means, share) => {
        const rising = [...means].sort((a, b) => a - b).map((mean, i) => ({ budget: 10 * 3 ** i, mean }));
        const [low, high] = [rising[0]?.mean as number, rising.at(-1)?.mean as number];
        const score = low + share * (high - low);
        const { episodes } = reached(rising, score);
        expect(episodes).toBeGreaterThan(10 - 1e-9);
        expect(episodes).toBeLessThan((rising.at(-1)?.budget as number) + 1e-9);
        expect(reached(rising, high).episodes ?? 0).toBeGreaterThanOrEqual(episodes as number);
      }),
    );
  });
});
