/** Learning to play, on a tiny network and the real emulator: what changes, what is kept, and going on after a stop. */

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame, type Policy } from '../../../src/agent/index.js';
import { createRandom, type Random } from '../../../src/core/index.js';
import { Dataset } from '../../../src/datasets/index.js';
import { makeVectorEnv, type VectorEnv } from '../../../src/env-bridge/index.js';
import { readImageProcessing } from '../../../src/model/image/index.js';
import { VisionLanguageModel } from '../../../src/model/index.js';
import { lossOf, type NamedPictures, type TrainingBatch } from '../../../src/model/learning/index.js';
import { Network } from '../../../src/model/network/network.js';
import { expertKind } from '../../../src/players/expert.js';
import { createPolicy } from '../../../src/players/index.js';
import { labelledAnswers } from '../../../src/training/play/answers.js';
import { playBatch, windowAround } from '../../../src/training/play/batch.js';
import type { PlayRunOptions, RoundReport } from '../../../src/training/play/options.js';
import type { PlayRecipe } from '../../../src/training/play/recipe.js';
import { trainToPlay } from '../../../src/training/play/run.js';
import { plainGame } from '../../../src/training/play/varied-game.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';
import { temporaryFolder } from '../../record/support/records.js';
import { readScalars } from '../support/events.js';

const recipe: PlayRecipe = {
  seed: 3,
  games: [
    { game: 'carracing', share: 1, demonstrations: { episodes: 2, noise: 0.1 }, round_episodes: 1, max_decisions: 12 },
  ],
  steps: [4, 3],
  learning: ['projector', 'language'],
  batch: 4,
  tellings: 2,
  newest: 0.5,
  balance: 0,
  instructions: { swapped: 0.3, reordered: 0.3 },
  optimizer: { peak: 0.002, warmup: 2, floor: 0.1, beta2: 0.98, weight_decay: 0.01, max_norm: 1 },
  held_out: { episodes: 1, first_seed: 90_000 },
  checkpoint_minutes: 5,
};

const game = loadGame('carracing');
let init: string;
let vector: VectorEnv;
let labeller: Policy;

beforeAll(async () => {
  init = await tinyCheckpoint();
  const { env, ...settings } = game.emulator;
  vector = await makeVectorEnv(env, { ...settings, count: 2 });
  labeller = await createPolicy('expert', { game }, [expertKind]);
});
afterAll(async () => {
  await labeller[Symbol.asyncDispose]();
  await vector.close();
  await rm(init, { recursive: true });
});

async function run(folder: string, changes: Partial<PlayRunOptions> = {}) {
  const rounds: RoundReport[] = [];
  const worlds = [{ game, labeller, environments: fromVectorEnv(vector) }];
  const watcher = { onRound: (report: RoundReport) => void rounds.push(report) };
  const result = await trainToPlay({ recipe, folder, init, worlds, watcher, ...changes });
  return { ...result, rounds };
}

/** Names of the parameters that differ between two checkpoints. */
async function changedParts(before: string, after: string): Promise<Set<string>> {
  using one = await Network.load(before);
  using two = await Network.load(after);
  const differ = one.parameters.specs.filter(({ name }) => {
    const [a, b] = [one.parameters.get(name).dataSync(), two.parameters.get(name).dataSync()];
    return a.some((value, i) => Math.abs(value - (b[i] as number)) > 1e-3 * Math.max(1, Math.abs(value)));
  });
  return new Set(differ.map(({ part }) => part));
}

/** Decisions side by side behind one telling have the loss that they have each behind its own. */
async function sharesWithoutAnyDifference(dataset: Dataset): Promise<void> {
  using model = await VisionLanguageModel.load(init);
  const processing = await readImageProcessing(init);
  const samples = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => ({ dataset, index }));
  const batchOf = (windows: (typeof samples)[], random: Random) =>
    playBatch(windows, plainGame(game), { model, processing, answerOf: labelledAnswers(model, random) });
  // The label is the likeliest answer, not the only one: equal draws make equal answers.
  const draws = createRandom(1, 'shared');
  const alone: number[] = [];
  for (const sample of samples) alone.push(await lossOf(model.network, batchOf([[sample]], draws)));
  const mean = alone.reduce((sum, value) => sum + value, 0) / alone.length;
  const apart = batchOf(
    samples.map((sample) => [sample]),
    createRandom(1, 'shared'),
  );
  expect(await lossOf(model.network, apart)).toBeCloseTo(mean, 4);
  const together = batchOf(
    [0, 3, 6].map((first) => samples.slice(first, first + 3)),
    createRandom(1, 'shared'),
  );
  const namesIn = ({ pixels }: TrainingBatch) => (pixels as NamedPictures).names;
  expect(namesIn(apart)).toHaveLength(9 * dataset.stackSize);
  expect(namesIn(together)).toHaveLength(3 * (3 + dataset.stackSize - 1));
  expect(new Set(namesIn(together))).toEqual(new Set(namesIn(apart)));
  expect(await lossOf(model.network, together)).toBeCloseTo(mean, 4);
  const last = dataset.stepCount - 1;
  const window = windowAround({ dataset, index: last }, 4, createRandom(3, 'window'));
  expect(window.map(({ index }) => index)).toEqual([last - 3, last - 2, last - 1, last]);
}

const mean = (scores: readonly number[]): number => scores.reduce((sum, score) => sum + score, 0) / scores.length;

describe('learning to play', () => {
  it('refuses lessons in sights for a game that does not ask for them, before anything is made', async () => {
    const folder = join(await temporaryFolder(), 'none');
    const taught = { ...recipe, lessons: { blur: [] } };
    await expect(run(folder, { recipe: taught })).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(folder)).toBe(false);
  });

  it('collects, trains what is named, plays labelled by the expert, and goes on after a stop bit for bit', async () => {
    const [whole, parts] = [await temporaryFolder(), await temporaryFolder()];
    const undisturbed = await run(whole);
    expect(undisturbed).toMatchObject({ steps: 7, status: 'finished' });
    expect(undisturbed.rounds.map(({ round, step }) => [round, step])).toEqual([
      [0, 4],
      [1, 7],
    ]);
    const events = (await readScalars(join(whole, 'events'))).filter(({ tag }) => tag.startsWith('held_out/'));
    const measured = undisturbed.rounds.flatMap(({ step, games: [look] }) => [
      { tag: 'held_out/carracing/score', step, value: Math.fround(mean(look?.scores ?? [])) },
      { tag: 'held_out/carracing/agreement', step, value: Math.fround(look?.agreement.plain as number) },
    ]);
    expect(events).toEqual(measured);
    expect(await changedParts(init, undisturbed.model)).toEqual(new Set(['projector', 'language']));

    const controller = new AbortController();
    const onStep = ({ step }: { step: number }): void => {
      if (step === 5) controller.abort(new Error('enough'));
    };
    const stopped = await run(parts, { signal: controller.signal, watcher: { onStep } });
    expect(stopped).toMatchObject({ steps: 5, status: 'stopped' });
    expect(await run(parts)).toMatchObject({ steps: 7, status: 'finished' });
    const [a, b] = await Promise.all(
      [whole, parts].map((folder) => readFile(join(folder, 'model', 'model.safetensors'))),
    );
    expect((a as Buffer).equals(b as Buffer)).toBe(true);

    using round = await Dataset.open(join(whole, 'data', 'carracing-round-1'));
    expect(round.sources[0]?.description.driver.id).toBe('pae-lamm:step-4');
    expect(round.sources[0]?.description.labeller.id).toMatch(/^expert:/);
    expect(round.episodes.map(({ seed, steps }) => [seed, steps])).toEqual([[2, 12]]);
    await sharesWithoutAnyDifference(round);

    const given = [0, 1].map((past) => join(whole, 'data', `carracing-round-${past}`));
    const [again, short] = [await temporaryFolder(), { ...recipe, steps: [2] }];
    const further = await run(again, { recipe: short, demonstrations: new Map([['carracing', given]]) });
    expect(further).toMatchObject({ steps: 2, status: 'finished' });
    expect(existsSync(join(again, 'data'))).toBe(false);
    const fewer = new Map([['carracing', given.slice(1)]]);
    await expect(run(again, { recipe: short, demonstrations: fewer })).rejects.toMatchObject({ code: 'usage' });
    const first = { recipe: short, demonstrations: new Map([['carracing', given.slice(0, 1)]]), firstEpisodes: 1 };
    await expect(run(again, first)).rejects.toMatchObject({ code: 'usage' });
    const { model } = await run(await temporaryFolder(), first);
    expect(await readFile(join(model, 'README.md'), 'utf8')).toMatch(/\| `carracing-expert-\w+` \| 1, \d+ \|/);
  }, 240_000);

  it('refuses the folder of another recipe', async () => {
    const folder = await temporaryFolder();
    const short = { ...recipe, steps: [1] };
    await run(folder, { recipe: short });
    await expect(run(folder)).rejects.toMatchObject({ code: 'usage' });
  }, 120_000);
});
