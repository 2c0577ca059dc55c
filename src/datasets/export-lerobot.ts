/**
 * Datasets in the layout of Hugging Face's LeRobot, version 3.0: `meta/` and `data/` in Parquet, pictures as PNG inside
 * (huggingface/lerobot, `src/lerobot/datasets/utils.py`). Frames are copied as they are stored. Episodes of the
 * training split come first, because there a split is a range of episodes.
 */

import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AgentError, makeFolder } from '../core/index.js';
import { stopIfCancelled } from './cancellation.js';
import { lerobotCard } from './card.js';
import type { Dataset } from './dataset.js';
import { dataColumns, EPISODES, type EpisodeRow, FILE_BYTES, fileName, infoOf, type Row } from './lerobot-layout.js';
import { lerobotStatistics } from './lerobot-statistics.js';
import { type Column, encodeTable, huggingFaceSchema } from './parquet-table.js';
import type { DatasetEpisode } from './schema.js';

export interface ExportOptions {
  /** A new or empty folder. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onEpisode?: (done: number, all: number) => void;
}

/**
 * Writes the export and resolves to its folder, which is there whole or not at all.
 * Rejects with `usage` where the folder is not empty or there is nothing to export.
 */
export async function exportLeRobot(dataset: Dataset, { out, signal, onEpisode }: ExportOptions): Promise<string> {
  const folder = resolve(out);
  await requireEmpty(folder);
  if (dataset.stepCount === 0) throw new AgentError('usage', 'the dataset has no episodes yet', { where: out });
  const partial = join(dirname(folder), `.${basename(folder)}.partial`);
  await rm(partial, { recursive: true, force: true });
  try {
    await writeExport(dataset, partial, { onEpisode: onEpisode ?? (() => {}), ...(signal ? { signal } : {}) });
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return folder;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function writeExport(
  dataset: Dataset,
  folder: string,
  { signal, onEpisode }: { signal?: AbortSignal; onEpisode: (done: number, all: number) => void },
): Promise<void> {
  const ordered = [...dataset.episodes].sort(
    (a, b) => Number(a.split === 'validation') - Number(b.split === 'validation'),
  );
  const fps = dataset.sources[0]?.description.decisions_per_second ?? 1;
  const task = `play ${dataset.game}`;
  const columns = dataColumns(dataset.actions.length);
  const episodes: EpisodeRow[] = [];
  let rows: Row[] = [];
  let [bytes, from, file] = [0, 0, 0];
  const flush = async (): Promise<void> => {
    await write(folder, `data/${fileName(file++)}`, encodeTable(columns, rows, huggingFaceSchema(columns)));
    [rows, bytes] = [[], 0];
  };
  for (const [number, episode] of ordered.entries()) {
    stopIfCancelled(signal);
    if (bytes >= FILE_BYTES) await flush();
    for (const row of rowsOf(dataset, episode, { number, from, fps })) {
      rows.push(row);
      bytes += row.image.bytes.length;
    }
    episodes.push({ number, length: episode.steps, from, file, task });
    from += episode.steps;
    onEpisode(number + 1, ordered.length);
  }
  await flush();
  const training = ordered.filter(({ split }) => split === 'train').length;
  await write(folder, `meta/episodes/${fileName(0)}`, encodeTable(EPISODES, episodes));
  await write(folder, 'meta/tasks.parquet', encodeTasks(task));
  await write(folder, 'meta/info.json', json(infoOf(dataset, { fps, training, steps: from })));
  await write(folder, 'meta/stats.json', json(lerobotStatistics(dataset, fps)));
  await write(folder, 'README.md', lerobotCard(dataset, task));
}

function* rowsOf(
  dataset: Dataset,
  episode: DatasetEpisode,
  { number, from, fps }: { readonly number: number; readonly from: number; readonly fps: number },
): Generator<Row> {
  for (let i = 0; i < episode.steps; i++) {
    const step = dataset.step(episode.firstStep + i);
    const image = { bytes: dataset.framePng(step.frame), path: `frame-${String(i).padStart(6, '0')}.png` };
    yield { ...step, row: from + i, episodeNumber: number, seconds: i / fps, image };
  }
}

/** A pandas table whose index is the task's text: the footer says so. */
function encodeTasks(task: string): Uint8Array {
  const columns: readonly Column<string>[] = [
    { name: 'task_index', type: 'INT64', of: () => 0n },
    { name: 'task', type: 'STRING', of: (text) => text },
  ];
  const described = (name: string, pandas_type: string, numpy_type: string): object => ({
    name,
    field_name: name,
    pandas_type,
    numpy_type,
    metadata: null,
  });
  const pandas = {
    index_columns: ['task'],
    column_indexes: [],
    columns: [described('task_index', 'int64', 'int64'), described('task', 'unicode', 'object')],
    pandas_version: '2.0.0',
  };
  return encodeTable(columns, [task], { pandas: JSON.stringify(pandas) });
}

async function requireEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length === 0) return;
  throw new AgentError('usage', 'the folder of the export is not empty', {
    expected: 'a new or empty folder',
    got: entries.slice(0, 5).join(', '),
    where: folder,
  });
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

async function write(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, name);
  await makeFolder(dirname(path));
  await writeFile(path, content);
}
