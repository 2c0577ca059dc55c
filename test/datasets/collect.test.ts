/** Collecting in the real emulators: what is kept is what was played, labels are the labeller's, and it goes on. */

import { existsSync } from 'node:fs';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromVectorEnv, type Game, loadGame, type Policy } from '../../src/agent/index.js';
import { hashArray } from '../../src/core/index.js';
import { projectPaths } from '../../src/core/project-paths.js';
import { type CollectOptions, collect, Dataset, summarise } from '../../src/datasets/index.js';
import { type Emulators, makeEnv, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { Expert } from '../../src/expert/index.js';
import { createExpertPolicy, createPolicy } from '../../src/players/index.js';
import { scratchFolder } from './support/episodes.js';

/** The real emulators on a busy machine. */
const TIMEOUT = 180_000;
const STEPS = 10;
const SEEDS = [5, 9, 6];

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators.close());

const shippedExpert = async ({ name }: Game): Promise<Policy> =>
  createExpertPolicy(await Expert.load(join(projectPaths.models, `expert-${name}`)));

type Given = Partial<CollectOptions> & Pick<CollectOptions, 'folder' | 'game' | 'driver' | 'labeller'>;

async function collectSome(given: Given) {
  const { env, ...settings } = given.game.emulator;
  const group = async (count: number) => await makeVectorEnv(env, { ...settings, count, emulators });
  await using first = await group(2);
  await using second = await group(1);
  const groups = [fromVectorEnv(first), fromVectorEnv(second)];
  return await collect({ seeds: SEEDS, groups, maxDecisions: STEPS, ...given });
}

function stepsOf(dataset: Dataset) {
  return Array.from(dataset.indices(), (index) => dataset.step(index));
}

describe.each(['carracing', 'spaceinvaders'])('%s', { timeout: TIMEOUT }, (name) => {
  const game = loadGame(name);

  it('keeps frames, stacks, actions and rewards as they were played', async () => {
    const folder = await scratchFolder();
    await using driver = await createPolicy('random', { game });
    await using labeller = await shippedExpert(game);
    const result = await collectSome({ folder, game, driver, labeller });
    expect(result).toMatchObject({ done: 3, doneNow: 3, steps: 3 * STEPS, failures: [], damaged: [] });
    using dataset = await Dataset.open(folder);
    expect(dataset.episodes.map(({ seed, split, status }) => [seed, split, status])).toEqual([
      [5, 'train', 'stopped'],
      [9, 'validation', 'stopped'],
      [6, 'train', 'stopped'],
    ]);
    using expert = await Expert.load(join(projectPaths.models, `expert-${name}`));
    const { env: id, ...settings } = game.emulator;
    await using env = await makeEnv(id, { ...settings, emulators });
    for (const { seed, firstStep, firstFrame, score } of dataset.episodes) {
      let moment = await env.reset({ seed });
      const history = expert.createHistory();
      let sum = 0;
      for (let i = 0; i < STEPS; i++) {
        const step = dataset.step(firstStep + i);
        expect(hashArray(dataset.frame(firstFrame + i))).toBe(hashArray(moment.observation));
        const local = Array.from({ length: game.frames }, (_, age) => Math.max(0, i - game.frames + 1 + age));
        expect(step.stack).toEqual(local.map((frame) => firstFrame + frame));
        const [decision] = expert.decide([history.push(dataset.frame(step.frame))]);
        if (!decision) throw new Error('the expert said nothing');
        expect(step.label).toBe(decision.action);
        expect(step.value).toBeCloseTo(decision.value as number, 3);
        step.probabilities?.forEach((p, action) => {
          expect(p).toBeCloseTo(decision.probabilities?.[action] as number, 4);
        });
        expect(step.probabilities).toHaveLength(game.actions.length);
        moment = await env.step(step.action);
        if (moment.kind === 'first') throw new Error('a step is no reset');
        expect(step).toMatchObject({ reward: moment.reward, isNoise: false, terminated: false, truncated: false });
        sum += moment.reward;
      }
      expect(score).toBeCloseTo(sum, 9);
      expect(hashArray(dataset.frame(firstFrame + STEPS))).toBe(hashArray(moment.observation));
    }
  });
});

describe('labels', { timeout: TIMEOUT }, () => {
  const game = loadGame('carracing');

  it('the driver of its own labels differs from them only where chance acts', async () => {
    const folder = await scratchFolder();
    await using expert = await shippedExpert(game);
    await collectSome({ folder, game, driver: expert, labeller: expert, noise: 0.5 });
    using dataset = await Dataset.open(folder);
    const steps = stepsOf(dataset);
    const random = steps.filter(({ isNoise }) => isNoise);
    expect(steps.filter(({ isNoise }) => !isNoise).every(({ action, label }) => action === label)).toBe(true);
    expect(random.length).toBeGreaterThan(4);
    expect(random.length).toBeLessThan(26);
    expect(random.some(({ action, label }) => action !== label)).toBe(true);
    const { randomSteps, agreement, actions } = summarise(dataset);
    expect(randomSteps).toBeCloseTo(random.length / (3 * STEPS));
    expect(agreement).toBeLessThan(1);
    expect(actions.reduce((sum, { label }) => sum + label, 0)).toBe(3 * STEPS);
  });

  it('a labeller that answers with text is refused by name', async () => {
    await using driver = await createPolicy('random', { game });
    const labeller: Policy = {
      ...driver,
      id: 'talker',
      act: async (all) => all.map(() => ({ kind: 'text', raw: 'gas' })),
    };
    const folder = await scratchFolder();
    const { failures, done } = await collectSome({ folder, game, driver, labeller });
    expect(done).toBe(0);
    expect(failures.map(({ error }) => error?.code)).toEqual(Array(3).fill('policy_failure'));
    expect(failures[0]?.error?.message).toContain('talker');
  });
});

describe('going on', { timeout: TIMEOUT }, () => {
  const game = loadGame('carracing');
  const contentOf = async (folder: string) => {
    using dataset = await Dataset.open(folder);
    return Array.from(dataset.indices(), (index) => ({
      ...dataset.step(index),
      frame: hashArray(dataset.frame(dataset.step(index).frame)),
    }));
  };

  it('plays what is missing, and gives what one undisturbed call gives', async () => {
    const [whole, parts] = [await scratchFolder(), await scratchFolder()];
    await using driver = await createPolicy('random', { game });
    const common = { game, driver, labeller: driver, noise: 0.2 };
    await collectSome({ ...common, folder: whole });
    const stop = new AbortController();
    const onProgress = ({ doneNow }: { doneNow: number }) => {
      if (doneNow === 1) stop.abort(new Error('enough'));
    };
    const first = await collectSome({ ...common, folder: parts, seeds: [5, 9], signal: stop.signal, onProgress });
    expect(first.wasCancelled).toBe(true);
    expect(first.doneNow).toBeGreaterThanOrEqual(1);
    const second = await collectSome({ ...common, folder: parts });
    expect(second.doneNow).toBe(3 - first.doneNow);
    expect(await contentOf(parts)).toEqual(await contentOf(whole));
    expect(await collectSome({ ...common, folder: parts })).toMatchObject({ done: 3, doneNow: 0, steps: 0 });
    const shards = join(parts, 'shards');
    const [pack] = (await readdir(shards)).filter((file) => file.endsWith('.frames'));
    await truncate(join(shards, pack as string), 1000);
    const notes: string[] = [];
    const repaired = await collectSome({ ...common, folder: parts, onNote: (text) => notes.push(text) });
    expect(repaired.damaged).toHaveLength(1);
    expect(notes[0]).toContain('1000 bytes');
    expect(await contentOf(parts)).toEqual(await contentOf(whole));
  });

  it('refuses a folder that was collected otherwise, and one that is being written', async () => {
    const folder = await scratchFolder();
    await using driver = await createPolicy('random', { game });
    const common = { folder, game, driver, labeller: driver };
    await collectSome({ ...common, seeds: [5] });
    await expect(collectSome({ ...common, noise: 0.5 })).rejects.toThrow(/collected otherwise[\s\S]*noise: 0\.5/);
    await expect(collectSome({ ...common, maxDecisions: 3 })).rejects.toThrow(/max_steps/);
    // Plays on only when the second has been refused: an episode here is over in milliseconds.
    let release = (): void => {};
    const refused = new Promise<void>((resolve) => {
      release = resolve;
    });
    const act: typeof driver.act = async (...asked) => {
      await refused;
      return driver.act(...asked);
    };
    const running = collectSome({ ...common, driver: { ...driver, act }, seeds: [6] });
    await vi.waitUntil(() => existsSync(join(folder, 'collect.lock')), 10_000);
    await expect(collectSome({ ...common, seeds: [7] })).rejects.toThrow(/another process collects/);
    release();
    await running;
  });
});
