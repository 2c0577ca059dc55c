/**
 * Decisions of demonstrations as training rows: the very prompt that the model is shown when it plays, and the answer.
 * Decisions of one game that are told the same instructions share them: their pictures and answers lie side by side behind
 * them in one row, which computes the same and less than half as much. Decisions that follow one another share pictures too.
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
  /** Decisions that follow one another and are learnt from together: they share most of their pictures. */
  readonly together: number;
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
    const count = Math.ceil(rules.batch / rules.tellings / rules.together);
    const drawn = Array.from({ length: count }, () => drawSample(datasets, rules, random));
    const windows = drawn.map((sample) => windowAround(sample, rules.together, random));
    return playBatch(windows, told, { model, processing, random });
  });
}

/** What a batch is made with. */
export interface PlayBatchTools {
  readonly model: VisionLanguageModel;
  readonly processing: ImageProcessing;
  readonly random: Random;
}

/**
 * Decisions behind one telling: the prompt up to the first picture, then pictures and answer of each.
 * @param windows each of equally many decisions that follow one another in one episode.
 */
export function playBatch(
  windows: readonly (readonly Sample<Dataset>[])[],
  { game, names }: VariedGame,
  { model, processing, random }: PlayBatchTools,
): TrainingBatch {
  const { imageToken } = model.network.image;
  const { pictures, shown } = picturesOf(windows);
  const samples = windows.flat();
  const stack = samples[0]?.dataset.stackSize ?? 1;
  const prompts = samples.map((_, i) => {
    const frames = shown.slice(i * stack, (i + 1) * stack).map((picture) => (pictures[picture] as Picture).frame);
    return promptFor(model, game, { frames, attempt: 0 }).tokens;
  });
  const shared = prompts[0]?.indexOf(imageToken) ?? 0;
  const answers = names.map((name) => model.answer(name));
  const longest = Math.max(...answers.map(({ length }) => length));
  const told = samples.map(({ dataset, index }) => {
    const { label, probabilities } = dataset.step(index);
    const weights = names.map((_, action) => probabilities?.[action] ?? (action === label ? 1 : 0));
    const chosen = drawIndex(weights, random);
    const tokens = answers[chosen] as readonly number[];
    // Rows of one length are computed packed; what fills up is read and not asked for.
    const filling = new Array<number>(longest - tokens.length).fill(tokens.at(-1) as number);
    const targets = [...answerTargets(answers, weights, chosen), ...filling.map(() => [])];
    return { tokens: [...tokens, ...filling], targets };
  });
  const row: TrainingRow = {
    prompt: prompts[0]?.slice(0, shared) ?? [],
    given: prompts.map((tokens) => tokens.slice(shared)),
    answers: told.map(({ tokens }) => tokens),
    targets: told.map(({ targets }) => targets),
  };
  const pixelsOf = (index: number) => preprocess((pictures[index] as Picture).frame, processing).data;
  return { rows: [row], pixels: { names: pictures.map(({ name }) => name), pixelsOf }, shown };
}

/** Decisions that follow one another in an episode, the drawn one anywhere among them. */
export function windowAround(
  { dataset, index }: Sample<Dataset>,
  length: number,
  random: Random,
): readonly Sample<Dataset>[] {
  const { episode } = dataset.step(index);
  const last = episode.firstStep + episode.steps - 1;
  const wanted = index - random.integer(length);
  const first = Math.max(episode.firstStep, Math.min(wanted, last - length + 1));
  // An episode shorter than a window ends with its last decision several times.
  return Array.from({ length }, (_, i) => ({ dataset, index: Math.min(first + i, last) }));
}

/** A frame of a dataset, and what it is known by. */
interface Picture {
  readonly name: string;
  readonly frame: Frame;
}

/** The pictures of windows, each once, and which of them stands at each place. Always as many: a graph serves one number. */
function picturesOf(windows: readonly (readonly Sample<Dataset>[])[]): {
  readonly pictures: readonly Picture[];
  readonly shown: readonly number[];
} {
  const pictures: Picture[] = [];
  const shown: number[] = [];
  for (const window of windows) {
    const { dataset } = window[0] as Sample<Dataset>;
    const folders = dataset.sources.map(({ folder }) => folder).join();
    const stacks = window.map(({ index }) => dataset.step(index).stack);
    const numbers = [...new Set(stacks.flat())];
    const before = pictures.length;
    const places = new Map(numbers.map((number, i) => [number, before + i]));
    const own = numbers.map((number) => ({ name: `${number} of ${folders}`, frame: dataset.frame(number) }));
    const filling = new Array<Picture>(window.length + dataset.stackSize - 1 - own.length).fill(own[0] as Picture);
    pictures.push(...own, ...filling);
    shown.push(...stacks.flat().map((number) => places.get(number) as number));
  }
  return { pictures, shown };
}

function drawGame(games: readonly GameSamples[], random: Random): GameSamples {
  return games[
    drawIndex(
      games.map(({ share }) => share),
      random,
    )
  ] as GameSamples;
}
