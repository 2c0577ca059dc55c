/** Learning from imported data: it is named in the model's card, and what does not fit is refused by name. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromVectorEnv, loadGame, type Policy } from '../../../src/agent/index.js';
import { Dataset, datasetName, exportLeRobot, importDataset } from '../../../src/datasets/index.js';
import { makeVectorEnv, type VectorEnv } from '../../../src/env-bridge/index.js';
import { createPolicy } from '../../../src/players/index.js';
import type { PlayRecipe } from '../../../src/training/play/recipe.js';
import { trainToPlay } from '../../../src/training/play/run.js';
import { fakeDataset } from '../../datasets/support/episodes.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';
import { temporaryFolder } from '../../record/support/records.js';

const game = loadGame('carracing');
const actions = game.actions.map(({ name }) => name);
const SIZE = { height: 96, width: 96, channels: 3 } as const;
const recipe: PlayRecipe = {
  seed: 3,
  games: [{ game: 'carracing', share: 1, demonstrations: { episodes: 2, noise: 0 }, round_episodes: 0 }],
  steps: [2],
  learning: ['projector', 'language'],
  batch: 4,
  tellings: 2,
  newest: 0.5,
  balance: 0,
  instructions: { swapped: 0, reordered: 0 },
  optimizer: { peak: 0.002, warmup: 1, floor: 0.1, beta2: 0.98, weight_decay: 0.01, max_norm: 1 },
  held_out: { episodes: 0, first_seed: 90_000 },
  checkpoint_minutes: 5,
};

let init: string;
let vector: VectorEnv;
let labeller: Policy;
beforeAll(async () => {
  init = await tinyCheckpoint();
  const { env, ...settings } = game.emulator;
  vector = await makeVectorEnv(env, { ...settings, count: 1 });
  labeller = await createPolicy('random', { game });
});
afterAll(async () => {
  await labeller[Symbol.asyncDispose]();
  await vector.close();
  await rm(init, { recursive: true });
});

async function learn(demonstrations: string) {
  const worlds = [{ game, labeller, environments: fromVectorEnv(vector) }];
  const folder = await temporaryFolder();
  return trainToPlay({ recipe, folder, init, worlds, demonstrations: new Map([['carracing', [demonstrations]]]) });
}

/** Data of others: an export, without what only ours carry. */
async function foreign(changes: Parameters<typeof fakeDataset>[1], seeds?: number): Promise<string> {
  using native = await Dataset.open(await fakeDataset(3, { actions, stack: 2, frame: SIZE, ...changes }, seeds));
  const source = await exportLeRobot(native, { out: join(await temporaryFolder(), 'robot') });
  await rm(join(source, 'agent-dataset.json'));
  const out = join(await temporaryFolder(), 'imported');
  await importDataset(source, { format: 'lerobot', game, out });
  return out;
}

it('learns from imported data, and the card says which, from where, and what it lacked', async () => {
  const folder = await foreign({});
  const { model, status } = await learn(folder);
  expect(status).toBe('finished');
  const card = await readFile(join(model, 'README.md'), 'utf8');
  using dataset = await Dataset.open(folder);
  expect(card).toContain(datasetName(dataset));
  expect(card).toMatch(/imported from lerobot, `robot`, SHA-256 [0-9a-f]{64}; without the picture behind/);
}, 120_000);

it('refuses pictures of another size, and episodes that scores are measured on', async () => {
  await expect(learn(await foreign({ frame: { height: 48, width: 64, channels: 3 } }))).rejects.toMatchObject({
    summary: 'the data does not fit the game: its pictures are of another size',
    details: { expected: '96 × 96 × 3', got: '48 × 64 × 3' },
  });
  await expect(learn(await foreign({}, 100_000))).rejects.toMatchObject({
    summary: 'the data holds episodes that scores are measured on',
    details: { got: 'seed 100000' },
  });
  await expect(learn(await fakeDataset(2, { actions: ['a', 'b'] }))).rejects.toMatchObject({
    summary: 'the data does not fit the game: its actions are others',
  });
}, 120_000);
