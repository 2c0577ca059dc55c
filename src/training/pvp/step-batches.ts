/** What a step learns from: a function of the recipe, the pictures and the step's number, and of nothing else. */
import { createRandom, type Random } from '../../core/random.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { TrainingBatch, TrainingRow } from '../../model/training/index.js';
import type { ImageSample } from '../data/index.js';
import { type Exchange, exchangesOf, LANGUAGE_TASKS, type LanguageTask } from './language-tasks.js';
import type { Pictures } from './pictures.js';
import type { Place } from './pixel-text.js';
import { type Recipe, type Stage, stageAt } from './recipe.js';
import type { RowBuilder } from './row-builder.js';

/** The end of a colour's answer is learnt in one step of so many: it is always the same. */
const END_EVERY = 16;

/** What a batch is made with. */
export interface BatchTools {
  readonly rows: RowBuilder;
  readonly processing: ImageProcessing;
  readonly pictures: Pictures;
}

interface Item {
  readonly row: TrainingRow;
  readonly pixels: Float32Array;
}

/**
 * The batches of step `step`, counted from 0: one of pixel queries, whose rows are equally long, which is what makes them
 * fast together, and one of all other tasks.
 */
export function stepBatches(recipe: Recipe, step: number, { rows, processing, pictures }: BatchTools): TrainingBatch[] {
  const { stage, progress } = stageAt(recipe, step);
  const random = createRandom(recipe.seed, `step ${step}`);
  const options = { withEnd: step % END_EVERY === 0, blur: between(stage.blur, progress) };
  const [pixels, others]: [Item[], Item[]] = [[], []];
  for (let i = 0; i < stage.pictures; i++) {
    const task = drawTask(stage, random);
    const index = step * stage.pictures + i;
    // Captions, questions and boxes are about scenes; colours about every kind of picture.
    const difficulty = between(stage.difficulty, progress);
    const sample = task === 'pixels' ? pictures.any(index, difficulty) : pictures.scene(index, difficulty);
    const row =
      task === 'pixels'
        ? rows.pixels(sample.image, drawPlaces(sample, stage.queries, random), options)
        : languageRow(task, sample, rows, { stage, random });
    const kind = task === 'pixels' ? pixels : others;
    kind.push({ row, pixels: preprocess(sample.image, processing).data });
  }
  return [pixels, others].filter((items) => items.length > 0).map(asBatch);
}

/** A scene that has nothing for the task (an empty one has no boxes) is described instead. */
function languageRow(
  task: LanguageTask,
  sample: ImageSample,
  rows: RowBuilder,
  { stage, random }: { stage: Stage; random: Random },
): TrainingRow {
  const exchanges = drawExchanges(task, sample, stage.asks, random);
  const told = exchanges.length > 0 ? exchanges : drawExchanges('captions', sample, stage.asks, random);
  return rows.exchanges(told, stage.language_weight);
}

/** What `times` draws give; what came twice is asked once. */
function drawExchanges(task: LanguageTask, sample: ImageSample, times: number, random: Random): Exchange[] {
  const drawn = Array.from({ length: times }, () => exchangesOf(task, sample, random)).flat();
  return [...new Map(drawn.map((exchange) => [`${exchange.asked}${exchange.answer}`, exchange])).values()];
}

function drawTask({ tasks }: Stage, random: Random): 'pixels' | LanguageTask {
  const names = ['pixels', ...LANGUAGE_TASKS] as const;
  let left = random.next() * names.reduce((sum, name) => sum + tasks[name], 0);
  for (const name of names) {
    left -= tasks[name];
    if (left < 0) return name;
  }
  return 'pixels';
}

/** Places all over the picture, each equally likely. */
function drawPlaces({ image }: ImageSample, count: number, random: Random): Place[] {
  const [height, width] = image.shape as [number, number, number];
  return Array.from({ length: count }, () => ({ y: random.integer(height), x: random.integer(width) }));
}

function between([from, to]: readonly [number, number], progress: number): number {
  return from + (to - from) * progress;
}

function asBatch(items: readonly Item[]): TrainingBatch {
  const size = items[0]?.pixels.length ?? 0;
  const pixels = new Float32Array(items.length * size);
  for (const [i, item] of items.entries()) pixels.set(item.pixels, i * size);
  return { rows: items.map(({ row }) => row), pixels };
}
