/** Learning to say aims, with a model that reads instructions and the real emulator. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, type Game, loadGame, type Policy } from '../../../src/agent/index.js';
import { Dataset } from '../../../src/datasets/index.js';
import { makeVectorEnv, type VectorEnv } from '../../../src/env-bridge/index.js';
import { readImageProcessing } from '../../../src/model/image/index.js';
import { VisionLanguageModel } from '../../../src/model/index.js';
import type { TrainingRow, WeightedToken } from '../../../src/model/learning/index.js';
import { expertKind } from '../../../src/players/expert.js';
import { createPolicy } from '../../../src/players/index.js';
import { lastWord } from '../../../src/players/vision-language/aim.js';
import { modelAnswers } from '../../../src/players/vision-language/player.js';
import { aimedAnswers, recallBatch, requireAims } from '../../../src/training/play/aims.js';
import type { PlayRecipe } from '../../../src/training/play/recipe.js';
import { trainToPlay } from '../../../src/training/play/run.js';
import { plainGame, rename } from '../../../src/training/play/varied-game.js';
import { keptWeights } from '../../../src/training/start/kept-weights.js';
import { beginToRecall } from '../../../src/training/start/recall/begin.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';
import { temporaryFolder } from '../../record/support/records.js';

const INIT = 'models/pae-lamm-objects';
const recipe: PlayRecipe = {
  seed: 3,
  games: [
    { game: 'carracing', share: 1, demonstrations: { episodes: 1, noise: 0.1 }, round_episodes: 1, max_decisions: 4 },
  ],
  steps: [2, 1],
  learning: ['projector', 'language'],
  batch: 2,
  tellings: 1,
  newest: 0.5,
  balance: 0,
  instructions: { swapped: 0.3, reordered: 0.5, renamed: 0.5 },
  aims: { first: 1, tellings: 1, beside: 1 },
  keeps: ['recall'],
  optimizer: { peak: 0.002, warmup: 1, floor: 0.1, beta2: 0.98, weight_decay: 0.01, max_norm: 1 },
  held_out: { episodes: 0, first_seed: 90_000 },
  checkpoint_minutes: 5,
};

const game = loadGame('carracing');
let vector: VectorEnv;
let labeller: Policy;
let folder: string;
let dataset: Dataset;

const train = (given: Game, init: string, into: string, from: PlayRecipe = recipe) =>
  trainToPlay({
    ...{ recipe: from, folder: into, init },
    worlds: [{ game: given, labeller, environments: fromVectorEnv(vector) }],
  });

beforeAll(async () => {
  const { env, ...settings } = game.emulator;
  vector = await makeVectorEnv(env, { ...settings, count: 1 });
  labeller = await createPolicy('expert', { game }, [expertKind]);
  folder = await mkdtemp(join(tmpdir(), 'aims-'));
  await train(game, INIT, folder);
  dataset = await Dataset.open(join(folder, 'data', 'carracing-round-0'));
}, 240_000);
afterAll(async () => {
  dataset?.[Symbol.dispose]();
  await labeller[Symbol.asyncDispose]();
  await vector.close();
  await rm(folder, { recursive: true });
});

describe('a model that learns to say aims', () => {
  it('says so in its checkpoint, and answers with the aim as its thought and a name of the list', async () => {
    using model = await VisionLanguageModel.load(join(folder, 'model'));
    expect(model.config).toMatchObject({ saysAims: true, raw: { says_aims: true } });
    const { game: told, names } = rename(game, ['geta', 'gas', 'left', 'schneller', 'bo']);
    const [answer] = await modelAnswers(model)(told, [{ frames: dataset.stack(0), attempt: 0 }]);
    expect(names).toContain(answer?.raw);
    expect(game.actions.map(({ description }) => lastWord(description))).toContain(answer?.reasoning);
    expect(answer?.usage?.reasoningTokens).toBe(1);
    const [plain] = await modelAnswers(model, { saysAims: false })(told, [{ frames: dataset.stack(0), attempt: 0 }]);
    expect(plain).not.toHaveProperty('reasoning');
  });

  it('keeps what was set by hand, and learns the rest', async () => {
    using learnt = await VisionLanguageModel.load(join(folder, 'model'));
    using begun = await VisionLanguageModel.load(INIT);
    beginToRecall(begun, INIT);
    const moved: string[] = [];
    let [same, changed] = [0, 0];
    for (const [name, mask] of keptWeights(begun.network, ['recall'])) {
      const [before, after] = [begun, learnt].map((one) => one.network.parameters.get(name).dataSync());
      for (const [i, isKept] of mask.entries()) {
        const [old, now] = [before?.[i] as number, after?.[i] as number];
        // As far as float16 has them.
        const isSame = Math.abs(now - old) <= 2 ** -11 * Math.abs(old) + 1e-7;
        if (isKept && !isSame) moved.push(`${name} ${i}: ${old} to ${now}`);
        if (isKept) same++;
        else if (!isSame) changed++;
      }
    }
    expect(moved.slice(0, 5)).toEqual([]);
    expect(same).toBeGreaterThan(100_000);
    expect(changed).toBeGreaterThan(10_000);
  });

  it('learns recalling from every aim behind one prompt, which is not asked for itself', async () => {
    using model = await VisionLanguageModel.load(INIT);
    const told = rename(game, ['geta', 'gas', 'left', 'schneller', 'bo']);
    const processing = await readImageProcessing(INIT);
    const { rows } = recallBatch({ dataset, index: 1 }, game, told, model, processing);
    const [{ answers, targets }] = rows as [Required<TrainingRow>];
    const { aims } = requireAims(model, game);
    expect(answers.map(([first]) => first)).toEqual(aims);
    for (const [action, ofAnswer] of (targets as WeightedToken[][][]).entries()) {
      expect(ofAnswer[0]).toEqual([]);
      const asked = ofAnswer.flatMap((one) => one.map(({ token }) => token));
      const written = [...model.tokenizer.encode(` ${told.names[action]}`), ...model.tokenizer.endTokens];
      expect(asked).toEqual(written.slice(0, asked.length));
      expect(asked.length).toBeGreaterThanOrEqual(2);
    }
    expect(aimedAnswers(model, game, plainGame(game).names)[0]).toContain(model.tokenizer.endTokens[0]);
  });

  it('is refused by a game without aims and by a checkpoint that never read instructions', async () => {
    await expect(train(loadGame('spaceinvaders'), INIT, await temporaryFolder())).rejects.toThrow(/have no aims/);
    const tiny = await tinyCheckpoint();
    await expect(train(game, tiny, await temporaryFolder())).rejects.toThrow(/did not begin by reading|have no aims/);
    const { aims: _, ...withoutAims } = recipe;
    await expect(train(game, INIT, await temporaryFolder(), withoutAims)).rejects.toThrow(/never had it/);
  });
});
