/**
 * Datasets in the layout of Hugging Face's LeRobot, version 3.0: `meta/` and `data/` in Parquet, pictures as PNG inside
 * (huggingface/lerobot, `src/lerobot/datasets/utils.py`). Frames are copied as they are stored. Episodes of the training
 * split come first, because there a split is a range of episodes.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AgentError } from '../core/index.js';
import { stopIfCancelled } from './cancellation.js';
import type { Dataset, DatasetEpisode, DatasetStep } from './dataset.js';
import { lerobotStatistics } from './lerobot-statistics.js';
import { type Column, encodeTable, type ImageValue } from './parquet-table.js';

export interface ExportOptions {
  /** A new or empty folder. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onEpisode?: (done: number, all: number) => void;
}

/** A data file is about so large; LeRobot's own default. */
const FILE_BYTES = 100 * 2 ** 20;
const CHUNK_FILES = 1000;

interface Row extends DatasetStep {
  /** Numbers in the export. */
  readonly row: number;
  readonly episodeNumber: number;
  readonly seconds: number;
  readonly image: ImageValue;
}

/** One row a decision. `action` is the label, what imitation learns; what was executed stands beside it. */
const DATA: readonly Column<Row>[] = [
  { name: 'observation.image', type: 'IMAGE', of: (row) => row.image },
  { name: 'action', type: 'INT64', of: (row) => BigInt(row.label) },
  { name: 'executed_action', type: 'INT64', of: (row) => BigInt(row.action) },
  { name: 'next.reward', type: 'FLOAT', of: (row) => row.reward },
  { name: 'next.done', type: 'BOOLEAN', of: (row) => row.terminated || row.truncated },
  { name: 'next.terminated', type: 'BOOLEAN', of: (row) => row.terminated },
  { name: 'seed', type: 'INT64', of: (row) => BigInt(row.episode.seed) },
  { name: 'timestamp', type: 'FLOAT', of: (row) => row.seconds },
  { name: 'frame_index', type: 'INT64', of: (row) => BigInt(row.step) },
  { name: 'episode_index', type: 'INT64', of: (row) => BigInt(row.episodeNumber) },
  { name: 'index', type: 'INT64', of: (row) => BigInt(row.row) },
  { name: 'task_index', type: 'INT64', of: () => 0n },
];

interface EpisodeRow {
  readonly number: number;
  readonly length: number;
  readonly from: number;
  readonly file: number;
  readonly task: string;
}

const int64 = (value: number): bigint => BigInt(value);
const EPISODES: readonly Column<EpisodeRow>[] = [
  { name: 'episode_index', type: 'INT64', of: ({ number }) => int64(number) },
  { name: 'tasks', type: 'STRING', isList: true, of: ({ task }) => [task] },
  { name: 'length', type: 'INT64', of: ({ length }) => int64(length) },
  { name: 'data/chunk_index', type: 'INT64', of: ({ file }) => int64(Math.floor(file / CHUNK_FILES)) },
  { name: 'data/file_index', type: 'INT64', of: ({ file }) => int64(file % CHUNK_FILES) },
  { name: 'dataset_from_index', type: 'INT64', of: ({ from }) => int64(from) },
  { name: 'dataset_to_index', type: 'INT64', of: ({ from, length }) => int64(from + length) },
  { name: 'meta/episodes/chunk_index', type: 'INT64', of: () => 0n },
  { name: 'meta/episodes/file_index', type: 'INT64', of: () => 0n },
];

/**
 * Writes the export and resolves to its folder, which is there whole or not at all.
 * @throws AgentError `usage` where the folder is not empty or there is nothing to export.
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
  const episodes: EpisodeRow[] = [];
  let rows: Row[] = [];
  let [bytes, from, file] = [0, 0, 0];
  const flush = async (): Promise<void> => {
    await write(folder, `data/${fileName(file++)}`, encodeTable(DATA, rows));
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
  await write(folder, 'README.md', cardOf(dataset, task));
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

function infoOf(dataset: Dataset, { fps, training, steps }: { fps: number; training: number; steps: number }): object {
  const { height, width, channels } = dataset.frameShape;
  const scalar = (dtype: string, names: string[] | null = null): object => ({ dtype, shape: [1], names });
  const all = dataset.episodes.length;
  return {
    codebase_version: 'v3.0',
    robot_type: null,
    total_episodes: all,
    total_frames: steps,
    total_tasks: 1,
    chunks_size: CHUNK_FILES,
    data_files_size_in_mb: FILE_BYTES / 2 ** 20,
    video_files_size_in_mb: 0,
    fps,
    splits: { train: `0:${training}`, ...(training < all ? { validation: `${training}:${all}` } : {}) },
    data_path: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
    video_path: null,
    features: {
      'observation.image': { dtype: 'image', shape: [height, width, channels], names: ['height', 'width', 'channels'] },
      action: scalar('int64', ['action']),
      executed_action: scalar('int64', ['action']),
      'next.reward': scalar('float32'),
      'next.done': scalar('bool'),
      'next.terminated': scalar('bool'),
      seed: scalar('int64'),
      timestamp: scalar('float32'),
      frame_index: scalar('int64'),
      episode_index: scalar('int64'),
      index: scalar('int64'),
      task_index: scalar('int64'),
    },
  };
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

function cardOf(dataset: Dataset, task: string): string {
  const actions = dataset.actions.map((name, index) => `- ${index}: ${name}`).join('\n');
  const players = dataset.sources.map(
    ({ description: { driver, labeller, noise } }) =>
      `- driven by ${driver.id}, labelled by ${labeller.id}, noise ${noise}`,
  );
  return `# ${task}\n\nDemonstrations in LeRobot's layout (v3.0). \`action\` is what the labeller would do, \`executed_action\` what was done.\n\n${players.join('\n')}\n\nActions\n\n${actions}\n`;
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

const fileName = (file: number): string => {
  const digits = (value: number): string => String(value).padStart(3, '0');
  return `chunk-${digits(Math.floor(file / CHUNK_FILES))}/file-${digits(file % CHUNK_FILES)}.parquet`;
};

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

async function write(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
