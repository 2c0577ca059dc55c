/** Decisions of demonstrations as training rows: the very prompt that the model is shown when it plays, and the answer. */
import type { Game } from '../../agent/index.js';
import { promptFor } from '../../agent/policies/pae-lamm.js';
import { createRandom, type Frame, type Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch, TrainingRow } from '../../model/training/index.js';
import { type Variation, type VariedGame, varyGame } from './varied-game.js';

/** What has been collected of one game, oldest first. */
export interface GameSamples {
  readonly game: Game;
  readonly share: number;
  readonly datasets: readonly Dataset[];
}

export interface SampleRules extends Variation {
  readonly seed: number;
  readonly batch: number;
  /** Part of the samples that comes from the newest dataset of a game. */
  readonly newest: number;
}

/** Actions less likely than this are left out of a label's distribution: they cost a row and teach nothing. */
const LEAST_PROBABILITY = 0.02;

/**
 * The batch of step `step`, counted from 0: it follows from the seed, the step and what was collected.
 * @throws AgentError `dataset` where a frame cannot be read.
 */
export function playBatch(
  games: readonly GameSamples[],
  step: number,
  rules: SampleRules,
  model: VisionLanguageModel,
  processing: ImageProcessing,
): TrainingBatch {
  const random = createRandom(rules.seed, `play:${step}`);
  const samples = Array.from({ length: rules.batch }, () => {
    const samplesOf = drawGame(games, random);
    const { dataset, index } = drawStep(samplesOf.datasets, rules.newest, random);
    return playRow(dataset, index, varyGame(samplesOf.game, rules, random), model);
  });
  return {
    rows: samples.map(({ row }) => row),
    pixels: pixelsOf(
      samples.flatMap(({ frames }) => frames),
      processing,
    ),
  };
}

/** One decision: prompt and answers, weighted by how likely the labeller finds each. */
export function playRow(
  dataset: Dataset,
  index: number,
  { game, names }: VariedGame,
  model: VisionLanguageModel,
): { readonly row: TrainingRow; readonly frames: readonly Frame[] } {
  const { label, probabilities } = dataset.step(index);
  const frames = dataset.stack(index);
  const { tokens } = promptFor(model, game, { frames, attempt: 0 });
  const weights = names.map((_, action) => probabilities?.[action] ?? (action === label ? 1 : 0));
  const told = names.flatMap((name, action) => {
    const weight = weights[action] as number;
    return weight < LEAST_PROBABILITY ? [] : [{ answer: model.answer(name), weight }];
  });
  const total = told.reduce((sum, { weight }) => sum + weight, 0);
  const row: TrainingRow = {
    prompt: tokens,
    answers: told.map(({ answer }) => answer),
    targets: told.map(({ answer, weight }) => answer.map((token) => [{ token, weight: weight / total }])),
  };
  return { row, frames };
}

function drawGame(games: readonly GameSamples[], random: Random): GameSamples {
  let left = random.next() * games.reduce((sum, { share }) => sum + share, 0);
  for (const samples of games) {
    left -= samples.share;
    if (left < 0) return samples;
  }
  return games.at(-1) as GameSamples;
}

/** A step of the training split: of the newest dataset, or of all, each step as likely. */
function drawStep(
  datasets: readonly Dataset[],
  newest: number,
  random: Random,
): { readonly dataset: Dataset; readonly index: number } {
  const pools = datasets.map((dataset) => ({ dataset, indices: trainingSteps(dataset) }));
  const isNewest = random.next() < newest;
  const chosen = isNewest ? pools.slice(-1) : pools;
  let left = random.integer(chosen.reduce((sum, { indices }) => sum + indices.length, 0));
  for (const { dataset, indices } of chosen) {
    if (left < indices.length) return { dataset, index: indices[left] as number };
    left -= indices.length;
  }
  throw new RangeError('a draw beyond the last step');
}

const known = new WeakMap<Dataset, Int32Array>();

/** Datasets are read and never change while they are open. */
function trainingSteps(dataset: Dataset): Int32Array {
  const indices = known.get(dataset) ?? dataset.indices('train');
  known.set(dataset, indices);
  return indices;
}

/** Normalised pixels of the frames one after the other. */
export function pixelsOf(frames: readonly Frame[], processing: ImageProcessing): Float32Array {
  const made = new Map<Frame, Float32Array>();
  const pictures = frames.map((frame) => {
    const picture = made.get(frame) ?? preprocess(frame, processing).data;
    made.set(frame, picture);
    return picture;
  });
  const size = pictures[0]?.length ?? 0;
  const pixels = new Float32Array(pictures.length * size);
  for (const [index, picture] of pictures.entries()) pixels.set(picture, index * size);
  return pixels;
}
