/** What a step learns from: a function of the recipe, the pictures and the step's number, and of nothing else. */
import { type Frame, joinArrays } from '../../core/nd-array.js';
import { createRandom, type Random } from '../../core/random.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { TrainingBatch, TrainingRow } from '../../model/learning/index.js';
import type { DrawnScene, ImageSample } from '../pictures/index.js';
import type { PatchContent } from '../start/patch-content.js';
import { type Exchange, exchangesOf, LANGUAGE_TASKS, type LanguageTask } from '../tasks/language.js';
import type { Place } from '../tasks/pixels.js';
import type { RowBuilder } from '../tasks/row-builder.js';
import type { Pictures } from './pictures.js';
import { type Recipe, type Stage, stageAt } from './recipe.js';

/** The end of a colour's answer is learnt in one step of so many: it is always the same. */
const END_EVERY = 16;

/** What a batch is made with. */
export interface BatchTools {
  readonly rows: RowBuilder;
  readonly processing: ImageProcessing;
  readonly pictures: Pictures;
  /** Where a stage has the task content. */
  readonly content?: PatchContent;
}

interface Item {
  readonly row: TrainingRow;
  readonly pixels: Float32Array;
}

/** What goes through the network together: the rows of a batch are filled up to the longest, and games are long. */
type Asked = 'pixels' | 'others' | 'instructions';

/**
 * The batches of step `step`, counted from 0: one of pixel queries, whose rows are equally long, which is what makes
 * them fast together, one of made-up games, one of all other tasks, and those of pictures whose patches' content or
 * things are told.
 */
export function stepBatches(recipe: Recipe, step: number, tools: BatchTools): TrainingBatch[] {
  const { rows, processing, pictures } = tools;
  const { stage, progress } = stageAt(recipe, step);
  const random = createRandom(recipe.seed, `step ${step}`);
  const options = { withEnd: step % END_EVERY === 0, blur: between(stage.blur, progress) };
  const asked: Record<Asked, Item[]> = { pixels: [], others: [], instructions: [] };
  const [whole, told]: [Frame[], DrawnScene[]] = [[], []];
  for (let i = 0; i < stage.pictures; i++) {
    const task = drawTask(stage, random);
    const index = step * stage.pictures + i;
    // Captions, questions and boxes are about scenes; colours about every kind of picture.
    const difficulty = between(stage.difficulty, progress);
    const isOfAnyKind = task === 'pixels' || task === 'content';
    const sample = isOfAnyKind ? pictures.any(index, difficulty) : pictures.scene(index, difficulty);
    if (task === 'content') {
      whole.push(sample.image);
      continue;
    }
    if (task === 'things') {
      told.push(sample.drawn as DrawnScene);
      continue;
    }
    const row =
      task === 'pixels'
        ? rows.pixels(sample.image, drawPlaces(sample, stage.queries, random), options)
        : languageRow(task, sample, rows, { stage, random });
    const kind = task === 'pixels' || task === 'instructions' ? task : 'others';
    asked[kind].push({ row, pixels: preprocess(sample.image, processing).data });
  }
  return [
    ...Object.values(asked).flatMap((items) => (items.length > 0 ? [asBatch(items)] : [])),
    ...(whole.length > 0 ? [contentBatch(whole, tools)] : []),
    ...(told.length > 0 ? [thingsBatch(told, tools)] : []),
  ];
}

function contentBatch(pictures: readonly Frame[], tools: BatchTools): TrainingBatch {
  const content = needed(tools);
  return featureBatch(pictures, tools, { values: content.of(pictures), weights: content.weights() });
}

function thingsBatch(scenes: readonly DrawnScene[], tools: BatchTools): TrainingBatch {
  const content = needed(tools);
  const pictures = scenes.map(({ image }) => image);
  return featureBatch(pictures, tools, { values: content.withThings(scenes), weights: content.weightsWithThings() });
}

function featureBatch(
  pictures: readonly Frame[],
  { processing }: BatchTools,
  features: NonNullable<TrainingBatch['features']>,
): TrainingBatch {
  return { rows: [], pixels: joinArrays(pictures.map((picture) => preprocess(picture, processing).data)), features };
}

function needed({ content }: BatchTools): PatchContent {
  if (!content) throw new TypeError('the tasks content and things need what tells them');
  return content;
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
  return rows.exchanges(told, stage.language_weight, stage.judging_weight);
}

/** What `times` draws give; what came twice is asked once. */
function drawExchanges(task: LanguageTask, sample: ImageSample, times: number, random: Random): Exchange[] {
  const drawn = Array.from({ length: times }, () => exchangesOf(task, sample, random)).flat();
  return [...new Map(drawn.map((exchange) => [`${exchange.asked}${exchange.answer}`, exchange])).values()];
}

function drawTask({ tasks }: Stage, random: Random): 'pixels' | 'content' | 'things' | LanguageTask {
  const names = ['pixels', ...LANGUAGE_TASKS, 'content', 'things'] as const;
  let left = random.next() * names.reduce((sum, name) => sum + (tasks[name] ?? 0), 0);
  for (const name of names) {
    left -= tasks[name] ?? 0;
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
  return { rows: items.map(({ row }) => row), pixels: joinArrays(items.map(({ pixels }) => pixels)) };
}
