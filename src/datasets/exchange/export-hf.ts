/**
 * Datasets as a folder that Hugging Face's `datasets` loads: one row a decision with its picture, a file or more for
 * each split, and a card. The columns are those of our own step table.
 */
import { stopIfCancelled } from '../cancellation.js';
import { hfCard } from '../card.js';
import type { Dataset } from '../dataset.js';
import { type Column, encodeTable, huggingFaceSchema, type ImageValue } from '../parquet-table.js';
import type { DatasetEpisode, Split } from '../schema.js';
import { DECISION_COLUMNS, type StepRow } from '../step-table.js';
import { writeCompanion } from './companion.js';
import type { ExportOptions } from './export-options.js';
import { requireSteps } from './export-options.js';
import { makeWholeFolder, writeInto } from './new-folder.js';

/** A file is about so large, or has so many rows: what is in memory at a time. */
const FILE_BYTES = 100 * 2 ** 20;
const FILE_ROWS = 50_000;

type Row = Omit<StepRow, 'frameOffset' | 'frameBytes'> & { readonly image: ImageValue };

const COLUMNS: readonly Column<Row>[] = [
  ...DECISION_COLUMNS.map((column): Column<Row> => ({ ...column, isOptional: true })),
  { name: 'image', type: 'IMAGE', isOptional: true, of: ({ image }) => image },
];

/**
 * Writes the export and resolves to its folder, which is there whole or not at all.
 * Rejects with `usage` where the folder is not empty or there is nothing to export.
 */
export async function exportHuggingFace(dataset: Dataset, { out, signal, onEpisode }: ExportOptions): Promise<string> {
  requireSteps(dataset, out);
  return makeWholeFolder(out, async (folder) => {
    let done = 0;
    const splits: Split[] = [];
    for (const split of ['train', 'validation'] as const) {
      let rows: Row[] = [];
      let [bytes, file] = [0, 0];
      const flush = async (): Promise<void> => {
        const name = `data/${split}-${String(file++).padStart(5, '0')}.parquet`;
        if (rows.length > 0) await writeInto(folder, name, encodeTable(COLUMNS, rows, huggingFaceSchema(COLUMNS)));
        [rows, bytes] = [[], 0];
      };
      for (const [number, episode] of dataset.episodes.entries()) {
        if (episode.split !== split) continue;
        if (!splits.includes(split)) splits.push(split);
        stopIfCancelled(signal);
        for (const row of rowsOf(dataset, episode, number)) {
          rows.push(row);
          bytes += row.image.bytes.length;
          if (bytes >= FILE_BYTES || rows.length >= FILE_ROWS) await flush();
        }
        done++;
        onEpisode?.(done, dataset.episodes.length);
      }
      await flush();
    }
    await writeCompanion(dataset, folder);
    await writeInto(folder, 'README.md', hfCard(dataset, splits));
  });
}

function* rowsOf(dataset: Dataset, { seed, split, steps, firstStep, firstFrame }: DatasetEpisode, episode: number) {
  for (let i = 0; i < steps; i++) {
    const { index: _, episode: __, frame, stack, ...decision } = dataset.step(firstStep + i);
    const image = { bytes: dataset.framePng(frame), path: `${episode}-${String(i).padStart(6, '0')}.png` };
    const own = stack.map((number) => number - firstFrame);
    yield { ...decision, episode, seed, split, frame: frame - firstFrame, stack: own, image };
  }
}
