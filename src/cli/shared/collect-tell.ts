/** What `agent collect` tells: a line while it goes on, and in the end the summary, which is also kept. */
import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { CollectProgress, CollectResult } from '../../datasets/index.js';
import type { Console } from './console.js';
import { formatDuration } from './text.js';

/** A card that is there already may be somebody's own. */
async function writeCard(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Writes summary, picture sheet and card beside the data, and tells the summary. */
export async function tellCollected(result: CollectResult, output: Console): Promise<void> {
  const { folder, failures, wasCancelled, done, planned, doneNow, steps, milliseconds, damaged } = result;
  for (const { seed, error } of failures) output.note(`seed ${seed} failed: ${error?.summary ?? 'without a reason'}`);
  const rate = steps / (milliseconds / 1000);
  const now = { planned, done, collected: doneNow, steps, seconds: milliseconds / 1000, decisionsPerSecond: rate };
  const common = { folder, wasCancelled, failures, damaged, now };
  if (done === 0 || wasCancelled) {
    output.result(common);
    output.print(`${done} of ${planned} episodes are there; the same command goes on`);
    return;
  }
  const { Dataset, formatSummary, makePictureSheet, nativeCard, summarise } = await import('../../datasets/index.js');
  using dataset = await Dataset.open(folder);
  const summary = summarise(dataset);
  const text = formatSummary(summary);
  await writeFile(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  await writeFile(join(folder, 'summary.txt'), `${text}\n`);
  await writeFile(join(folder, 'sheet.png'), await makePictureSheet(dataset));
  await writeCard(join(folder, 'README.md'), nativeCard(dataset));
  output.result({ ...common, summary });
  output.block(text);
  const shown = relative(process.cwd(), resolve(folder));
  output.print(`dataset     ${shown.startsWith('..') ? folder : shown} (summary.json, sheet.png)`);
  output.note(`${doneNow} episodes, ${steps} steps collected now, ${rate.toFixed(0)} decisions/s`);
  if (failures.length > 0) output.note(`${failures.length} episodes failed; the same command plays them again`);
}

export function collectLine({ planned, done, doneNow, steps, milliseconds, scores }: CollectProgress): string {
  const score = scores.length === 0 ? '' : `  score ${(scores.reduce((a, b) => a + b, 0) / scores.length).toFixed(1)}`;
  const left = doneNow === 0 ? '' : `  ${formatDuration(((planned - done) * milliseconds) / doneNow / 1000)} left`;
  const rate = (steps / milliseconds) * 1000;
  return `${done} of ${planned} episodes  ${steps} steps  ${rate.toFixed(0)} decisions/s${score}${left}`;
}
