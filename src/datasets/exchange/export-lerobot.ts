/**
 * Datasets in the layout of Hugging Face's LeRobot, version 3.0: `meta/` and `data/` in Parquet, pictures as PNG inside
 * (huggingface/lerobot, `src/lerobot/datasets/utils.py`). Frames are copied as they are stored. Episodes of the
 * training split come first, because there a split is a range of episodes.
 */

import { join } from 'node:path';
import { stopIfCancelled } from '../cancellation.js';
import { lerobotCard } from '../card.js';
import type { Dataset } from '../dataset.js';
import { type Column, encodeTable, huggingFaceSchema } from '../parquet-table.js';
import type { DatasetEpisode } from '../schema.js';
import { writeCompanion } from './companion.js';
import { type ExportOptions, requireSteps } from './export-options.js';
import {
  dataColumns,
  EPISODES,
  type EpisodeRow,
  FILE_BYTES,
  FILE_ROWS,
  fileName,
  infoOf,
  type Row,
  VIDEO_PLACES,
  videoName,
} from './lerobot-layout.js';
import { lerobotStatistics } from './lerobot-statistics.js';
import { VideoWriter } from './lerobot-video.js';
import { asJson, makeWholeFolder, writeInto } from './new-folder.js';

export interface LeRobotOptions extends ExportOptions {
  /** Pictures in H.264 files, every pixel kept, instead of PNG in the tables. */
  readonly video?: boolean;
}

/**
 * Writes the export and resolves to its folder, which is there whole or not at all.
 * Rejects with `usage` where the folder is not empty or there is nothing to export.
 */
export async function exportLeRobot(dataset: Dataset, options: LeRobotOptions): Promise<string> {
  requireSteps(dataset, options.out);
  return makeWholeFolder(options.out, (folder) => writeExport(dataset, folder, options));
}

async function writeExport(
  dataset: Dataset,
  folder: string,
  { signal, onEpisode, video = false }: LeRobotOptions,
): Promise<void> {
  const numbered = dataset.episodes.map((episode, place) => ({ episode, place }));
  const ordered = numbered.sort(
    (a, b) => Number(a.episode.split === 'validation') - Number(b.episode.split === 'validation'),
  );
  const fps = dataset.sources[0]?.description.decisions_per_second ?? 1;
  const task = `play ${dataset.game}`;
  const columns = dataColumns(dataset.actions.length, dataset.stackSize).filter(
    ({ type }) => type !== 'IMAGE' || !video,
  );
  await using videos = new VideoWriter(dataset, fps);
  const beginVideo = async (): Promise<void> => {
    if (video) await videos.begin(join(folder, videoName(file)));
  };
  const episodes: EpisodeRow[] = [];
  let rows: Row[] = [];
  let [bytes, from, file] = [0, 0, 0];
  const flush = async (): Promise<void> => {
    await writeInto(folder, `data/${fileName(file++)}`, encodeTable(columns, rows, huggingFaceSchema(columns)));
    [rows, bytes] = [[], 0];
  };
  await beginVideo();
  for (const [number, { episode, place }] of ordered.entries()) {
    stopIfCancelled(signal);
    if (bytes >= FILE_BYTES || rows.length >= FILE_ROWS) {
      await flush();
      await beginVideo();
    }
    for (const row of rowsOf(dataset, episode, { number, place, from, fps })) {
      rows.push(row);
      bytes += row.image.bytes.length;
    }
    const seconds = videos.written / fps;
    episodes.push({
      number,
      length: episode.steps,
      from,
      file,
      task,
      seconds: [seconds, seconds + episode.steps / fps],
    });
    if (video) await videos.add(episode);
    from += episode.steps;
    onEpisode?.(number + 1, ordered.length);
  }
  await flush();
  await videos.finish();
  const training = ordered.filter(({ episode }) => episode.split === 'train').length;
  await writeInto(
    folder,
    `meta/episodes/${fileName(0)}`,
    encodeTable([...EPISODES, ...(video ? VIDEO_PLACES : [])], episodes),
  );
  await writeInto(folder, 'meta/tasks.parquet', encodeTasks(task));
  await writeInto(folder, 'meta/info.json', asJson(infoOf(dataset, { fps, training, steps: from, video })));
  await writeInto(folder, 'meta/stats.json', asJson(lerobotStatistics(dataset, fps)));
  await writeCompanion(dataset, folder);
  await writeInto(folder, 'README.md', lerobotCard(dataset, task));
}

function* rowsOf(
  dataset: Dataset,
  episode: DatasetEpisode,
  { number, place, from, fps }: Record<'number' | 'place' | 'from' | 'fps', number>,
): Generator<Row> {
  for (let i = 0; i < episode.steps; i++) {
    const step = dataset.step(episode.firstStep + i);
    const image = { bytes: dataset.framePng(step.frame), path: `frame-${String(i).padStart(6, '0')}.png` };
    yield { ...step, row: from + i, episodeNumber: number, episodePlace: place, seconds: i / fps, image };
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
