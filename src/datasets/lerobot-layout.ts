/** LeRobot's tables and `meta/info.json`: which columns there are, and what they are called there. */

import type { Dataset } from './dataset.js';
import type { Column, ImageValue } from './parquet-table.js';
import type { DatasetStep } from './schema.js';

/** A data file is about so large; LeRobot's own default. */
export const FILE_BYTES = 100 * 2 ** 20;
const CHUNK_FILES = 1000;

/** A decision in the export. */
export interface Row extends DatasetStep {
  /** Numbers in the export. */
  readonly row: number;
  readonly episodeNumber: number;
  readonly seconds: number;
  readonly image: ImageValue;
}

/**
 * One row a decision. `action` is the label, what imitation learns: a one-hot vector, because LeRobot's policies expect
 * a vector of floats (a single integer becomes a scalar on loading). `label` is its index; what was executed stands
 * beside it. No other name begins with `action`: such a column would count as a second action.
 */
export const dataColumns = (actions: number): readonly Column<Row>[] => [
  { name: 'observation.image', type: 'IMAGE', isOptional: true, of: (row) => row.image },
  { name: 'action', type: 'FLOAT', isList: true, of: (row) => oneHot(row.label, actions) },
  { name: 'label', type: 'INT64', of: (row) => BigInt(row.label) },
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

export interface EpisodeRow {
  readonly number: number;
  readonly length: number;
  readonly from: number;
  readonly file: number;
  readonly task: string;
}

const int64 = (value: number): bigint => BigInt(value);
export const EPISODES: readonly Column<EpisodeRow>[] = [
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

/** `meta/info.json`. */
export function infoOf(
  dataset: Dataset,
  { fps, training, steps }: { fps: number; training: number; steps: number },
): object {
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
      action: { dtype: 'float32', shape: [dataset.actions.length], names: [...dataset.actions] },
      label: scalar('int64', ['action']),
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

/** 1 at the action's place, else 0. */
export function oneHot(action: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (index === action ? 1 : 0));
}

/** Where the files of a number lie, below `data/` and `meta/episodes/`. */
export function fileName(file: number): string {
  const digits = (value: number): string => String(value).padStart(3, '0');
  return `chunk-${digits(Math.floor(file / CHUNK_FILES))}/file-${digits(file % CHUNK_FILES)}.parquet`;
}
