/**
 * Asks a checkpoint in the forms that models of this project learn: a pixel's place, and the color behind it; what is
 * to be found, and its box behind it.
 */
import { findModel } from '../../model/index.js';
import {
  type Answerer,
  answerBox,
  answerPixels,
  atModelSize,
  loadAnswerer,
  type Place,
  parseColour,
} from '../../training/pvp/index.js';
import { mendLines, NUMBERS_FILE } from '../answers-file.js';
import type { NumberQuestion } from './number-test.js';
import type { ReadNumbers } from './read-numbers.js';
import { asKept, keepNumbers, type NumberRunOptions, readNumberRuns } from './run-numbers.js';

/**
 * Asks what is left. The model is asked for the pixel of its own picture, which is smaller, that holds the middle of
 * the pixel in question; of a box the middle counts, in the picture that was asked about. Rejects with `cancelled` and
 * `checkpoint`; the same call goes on from there.
 */
export async function askAsTrained(model: string, { folder, signal, onAnswers }: NumberRunOptions): Promise<void> {
  await mendLines(folder, NUMBERS_FILE);
  const runs = await readNumberRuns(folder);
  const open = runs.filter(({ form, isOver }) => form === 'trained' && !isOver);
  if (open.length === 0) return;
  using answerer = await loadAnswerer(await findModel(model));
  for (const run of open) {
    for (const trial of run.left) {
      signal?.throwIfAborted();
      const planned = run.plan(trial);
      const { question } = planned;
      const told = await (question.expression === undefined
        ? toldColors(answerer, question, signal)
        : toldPlace(answerer, question));
      const read = asKept(readTold(told, question));
      await keepNumbers(folder, run, planned, { ...read, raw: told.raw });
      onAnswers?.(runs);
    }
  }
}

interface Told {
  readonly raw: string;
  /** As many as were read. */
  readonly numbers: number[];
}

function readTold({ numbers }: Told, { truth, most }: NumberQuestion): ReadNumbers {
  if (numbers.length !== truth.length) return { unusable: 'no-match' };
  return numbers.every((value) => value <= most) ? { numbers } : { unusable: 'illegal' };
}

async function toldColors(answerer: Answerer, { frame, places }: NumberQuestion, signal?: AbortSignal): Promise<Told> {
  const own = atModelSize(answerer, frame).shape as Shape;
  const asked = places.map((place) => scaled(place, frame.shape as unknown as Shape, own));
  const texts = await answerPixels(answerer, frame, asked, signal ? { signal } : {});
  const colors = texts.map(parseColour);
  return { raw: texts.join('\n'), numbers: colors.flatMap((color) => (color.ok ? [...color.colour] : [])) };
}

async function toldPlace(answerer: Answerer, { frame, expression = '' }: NumberQuestion): Promise<Told> {
  const { raw, box } = await answerBox(answerer, frame, expression);
  if (box === undefined) return { raw, numbers: [] };
  const [high, wide] = atModelSize(answerer, frame).shape as Shape;
  const [height, width] = frame.shape as Shape;
  const [y0, x0, y1, x1] = box;
  return { raw, numbers: [middle(x0, x1, width / wide), middle(y0, y1, height / high)] };
}

/** Of two pixels and those between, in a picture that is `scale` times as large. */
const middle = (first: number, last: number, scale: number): number => ((first + last + 1) / 2) * scale - 0.5;

type Shape = readonly [height: number, width: number, channels: number];

function scaled({ y, x }: Place, [height, width]: Shape, [high, wide]: Shape): Place {
  return { y: Math.floor(((y + 0.5) * high) / height), x: Math.floor(((x + 0.5) * wide) / width) };
}
