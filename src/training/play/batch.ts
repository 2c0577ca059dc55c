/** Decisions of one game behind the very prompt that the model is shown when it plays, and the answers. */

import type { Frame, Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch, TrainingRow } from '../../model/learning/index.js';
import { promptFor } from '../../players/vision-language/prompt-for.js';
import { type AnswerOf, fillUp } from './answers.js';
import type { Sample } from './draw-sample.js';
import type { VariedGame } from './varied-game.js';

/** What a batch is made with. */
export interface PlayBatchTools {
  readonly model: VisionLanguageModel;
  readonly processing: ImageProcessing;
  readonly answerOf: AnswerOf;
}

/**
 * Decisions behind one telling: the prompt up to the first picture, then pictures and answer of each.
 * @param windows each of equally many decisions that follow one another in one episode.
 */
export function playBatch(
  windows: readonly (readonly Sample<Dataset>[])[],
  { game, names }: VariedGame,
  { model, processing, answerOf }: PlayBatchTools,
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
  const told = fillUp(samples.map((sample) => answerOf(sample, names)));
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

/**
 * The pictures of windows, each once, and which of them stands at each place. Always as many: a graph serves one
 * number.
 */
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
