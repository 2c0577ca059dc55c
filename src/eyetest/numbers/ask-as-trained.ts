/** Asks a checkpoint for pixels in the form that models of this project learn: a place, and the color behind it. */
import { findModel } from '../../model/index.js';
import { answerPixels, atModelSize, loadAnswerer, type Place, parseColour } from '../../training/pvp/index.js';
import { mendLines, NUMBERS_FILE } from '../answers-file.js';
import { asKept, keepNumbers, type NumberRunOptions, readNumberRuns } from './run-numbers.js';

/**
 * Asks what is left. The model is asked for the pixel of its own picture, which is smaller, that holds the middle of
 * the pixel in question. Rejects with `cancelled` and `checkpoint`; the same call goes on from there.
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
      const { frame, places } = planned.question;
      const own = atModelSize(answerer, frame).shape as [number, number, number];
      const asked = places.map((place) => scaled(place, frame.shape as typeof own, own));
      const texts = await answerPixels(answerer, frame, asked, signal ? { signal } : {});
      const colors = texts.map(parseColour);
      const numbers = colors.flatMap((color) => (color.ok ? [...color.colour] : []));
      const isRead = numbers.length === planned.truth.length;
      const read = asKept(isRead ? { numbers } : { unusable: 'no-match' });
      await keepNumbers(folder, run, planned, { ...read, raw: texts.join('\n') });
      onAnswers?.(runs);
    }
  }
}

type Shape = readonly [height: number, width: number, channels: number];

function scaled({ y, x }: Place, [height, width]: Shape, [high, wide]: Shape): Place {
  return { y: Math.floor(((y + 0.5) * high) / height), x: Math.floor(((x + 0.5) * wide) / width) };
}
