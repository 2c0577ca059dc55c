/**
 * Decisions of demonstrations as training rows: the very prompt that the model is shown when it plays, and the answer.
 * Decisions of one game that are told the same instructions share them: their pictures and answers lie side by side behind
 * them in one row, which computes the same and less than half as much.
 */
import type { Game } from '../../agent/index.js';
import { promptFor } from '../../agent/policies/pae-lamm.js';
import { createRandom, type Frame, type Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch, TrainingRow } from '../../model/training/index.js';
import { answerTargets } from './answer-targets.js';
import { type DrawRules, drawIndex, drawSample, type Sample } from './draw-sample.js';
import { type Variation, type VariedGame, varyGame } from './varied-game.js';

/** What has been collected of one game, oldest first. */
export interface GameSamples {
  readonly game: Game;
  readonly share: number;
  readonly datasets: readonly Dataset[];
}

export interface SampleRules extends Variation, DrawRules {
  readonly seed: number;
  /** Decisions an update learns from. */
  readonly batch: number;
  /** Instructions an update tells; each is of one game, and the decisions are dealt out evenly. */
  readonly tellings: number;
}

/**
 * The batches of step `step`, counted from 0, one for each telling: they follow from the seed, the step and what was
 * collected.
 * @throws AgentError `dataset` where a frame cannot be read.
 */
export function playBatches(
  games: readonly GameSamples[],
  step: number,
  rules: SampleRules,
  model: VisionLanguageModel,
  processing: ImageProcessing,
): TrainingBatch[] {
  const random = createRandom(rules.seed, `play:${step}`);
  return Array.from({ length: rules.tellings }, () => {
    const { game, datasets } = drawGame(games, random);
    const told = varyGame(game, rules, random);
    const count = Math.ceil(rules.batch / rules.tellings);
    const samples = Array.from({ length: count }, () => drawSample(datasets, rules, random));
    const { row, frames } = playRow(samples, told, model, random);
    return { rows: [row], pixels: pixelsOf(frames, processing) };
  });
}

/** Decisions behind one telling: the prompt up to the first picture, then pictures and answer of each. */
export function playRow(
  samples: readonly Sample<Dataset>[],
  { game, names }: VariedGame,
  model: VisionLanguageModel,
  random: Random,
): { readonly row: TrainingRow; readonly frames: readonly Frame[] } {
  const { imageToken } = model.network.image;
  const answers = names.map((name) => model.answer(name));
  const longest = Math.max(...answers.map(({ length }) => length));
  const stacks = samples.map(({ dataset, index }) => dataset.stack(index));
  const prompts = stacks.map((frames) => promptFor(model, game, { frames, attempt: 0 }).tokens);
  const shared = prompts[0]?.indexOf(imageToken) ?? 0;
  const told = samples.map(({ dataset, index }) => {
    const { label, probabilities } = dataset.step(index);
    const weights = names.map((_, action) => probabilities?.[action] ?? (action === label ? 1 : 0));
    const chosen = drawIndex(weights, random);
    const tokens = answers[chosen] as readonly number[];
    // Rows of one length are computed packed; what fills up is read and not asked for.
    const filling = new Array<number>(longest - tokens.length).fill(tokens.at(-1) as number);
    const targets = [...answerTargets(answers, weights, chosen), ...filling.map(() => [])];
    return { answer: [...tokens, ...filling], targets };
  });
  return {
    row: {
      prompt: prompts[0]?.slice(0, shared) ?? [],
      given: prompts.map((tokens) => tokens.slice(shared)),
      answers: told.map(({ answer }) => answer),
      targets: told.map(({ targets }) => targets),
    },
    frames: stacks.flat(),
  };
}

function drawGame(games: readonly GameSamples[], random: Random): GameSamples {
  return games[
    drawIndex(
      games.map(({ share }) => share),
      random,
    )
  ] as GameSamples;
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
