/** LeRobot's tables and `meta/info.json`: which columns there are, and what they are called there. */

import type { Dataset } from '../dataset.js';
import type { Column, ImageValue } from '../parquet-table.js';
import type { DatasetStep } from '../schema.js';

/** A data file is about so large; LeRobot's own default. */
export const FILE_BYTES = 100 * 2 ** 20;
/** And at most about so many rows: what is in memory at a time. */
export const FILE_ROWS = 50_000;
const CHUNK_FILES = 1000;

/** A decision in the export. */
export interface Row extends DatasetStep {
  /** Numbers in the export. */
  readonly row: number;
  readonly episodeNumber: number;
  /** Of the episode among those of the dataset. */
  readonly episodePlace: number;
  readonly seconds: number;
  readonly image: ImageValue;
}

/**
 * One row a decision. `action` is the label, what imitation learns: a one-hot vector, because LeRobot's policies expect
 * a vector of floats (a single integer becomes a scalar on loading). `label` is its index; what was executed stands
 * beside it. No other name begins with `action`: such a column would count as a second action. What LeRobot has no name
 * for (`is_noise` and after) stands in columns that its policies do not look at; NaN is what there is none of.
 */
export const dataColumns = (actions: number, stack: number): readonly Column<Row>[] => [
  { name: 'observation.image', type: 'IMAGE', isOptional: true, of: (row) => row.image },
  { name: 'action', type: 'FLOAT', isList: true, of: (row) => oneHot(row.label, actions) },
  { name: 'label', type: 'INT64', of: (row) => BigInt(row.label) },
  { name: 'executed_action', type: 'INT64', of: (row) => BigInt(row.action) },
  { name: 'next.reward', type: 'FLOAT', of: (row) => row.reward },
  { name: 'next.done', type: 'BOOLEAN', of: (row) => row.terminated || row.truncated },
  { name: 'next.terminated', type: 'BOOLEAN', of: (row) => row.terminated },
  { name: 'next.truncated', type: 'BOOLEAN', of: (row) => row.truncated },
  { name: 'is_noise', type: 'BOOLEAN', of: (row) => row.isNoise },
  { name: 'reward', type: 'DOUBLE', of: (row) => row.reward },
  { name: 'value', type: 'DOUBLE', of: (row) => row.value ?? Number.NaN },
  { name: 'probabilities', type: 'FLOAT', ...vector(actions, (row) => row.probabilities ?? noNumbers(actions)) },
  { name: 'stack', type: 'INT64', ...vector(stack, (row) => stackOf(row).map(BigInt)) },
  { name: 'source_episode', type: 'INT64', of: (row) => BigInt(row.episodePlace) },
  { name: 'seed', type: 'INT64', of: (row) => BigInt(row.episode.seed) },
  { name: 'timestamp', type: 'FLOAT', of: (row) => row.seconds },
  { name: 'frame_index', type: 'INT64', of: (row) => BigInt(row.step) },
  { name: 'episode_index', type: 'INT64', of: (row) => BigInt(row.episodeNumber) },
  { name: 'index', type: 'INT64', of: (row) => BigInt(row.row) },
  { name: 'task_index', type: 'INT64', of: () => 0n },
];

/** LeRobot takes a list of one number for the number itself. */
function vector<T>(length: number, of: (row: Row) => T[] | readonly T[]): Pick<Column<Row>, 'isList' | 'of'> {
  return length === 1 ? { of: (row) => of(row)[0] } : { isList: true, of };
}

const noNumbers = (count: number): number[] => new Array<number>(count).fill(Number.NaN);

/** By their numbers in the episode. */
const stackOf = ({ stack, episode }: Row): number[] => stack.map((frame) => frame - episode.firstFrame);

export interface EpisodeRow {
  readonly number: number;
  readonly length: number;
  readonly from: number;
  readonly file: number;
  readonly task: string;
  /** From and to in the video of its file. */
  readonly seconds: readonly [number, number];
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

/** The key of the picture that is played from. */
export const IMAGE_KEY = 'observation.image';

/** Where an episode's pictures lie, in an export with videos. */
export const VIDEO_PLACES: readonly Column<EpisodeRow>[] = [
  { name: `videos/${IMAGE_KEY}/chunk_index`, type: 'INT64', of: ({ file }) => int64(Math.floor(file / CHUNK_FILES)) },
  { name: `videos/${IMAGE_KEY}/file_index`, type: 'INT64', of: ({ file }) => int64(file % CHUNK_FILES) },
  { name: `videos/${IMAGE_KEY}/from_timestamp`, type: 'DOUBLE', of: ({ seconds: [from] }) => from },
  { name: `videos/${IMAGE_KEY}/to_timestamp`, type: 'DOUBLE', of: ({ seconds: [, to] }) => to },
];

/** The file of a number. */
export const videoName = (file: number): string =>
  `videos/${IMAGE_KEY}/${fileName(file).replace(/\.parquet$/, '.mp4')}`;

/** `meta/info.json`. */
export function infoOf(
  dataset: Dataset,
  { fps, training, steps, video }: { fps: number; training: number; steps: number; video: boolean },
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
    video_files_size_in_mb: 200,
    fps,
    splits: { train: `0:${training}`, ...(training < all ? { validation: `${training}:${all}` } : {}) },
    data_path: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
    video_path: video ? 'videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4' : null,
    features: {
      [IMAGE_KEY]: {
        dtype: video ? 'video' : 'image',
        shape: [height, width, video ? 3 : channels],
        names: ['height', 'width', 'channels'],
        ...(video ? { info: videoInfo(dataset, fps) } : {}),
      },
      action: { dtype: 'float32', shape: [dataset.actions.length], names: [...dataset.actions] },
      label: scalar('int64', ['action']),
      executed_action: scalar('int64', ['action']),
      'next.reward': scalar('float32'),
      'next.done': scalar('bool'),
      'next.terminated': scalar('bool'),
      'next.truncated': scalar('bool'),
      is_noise: scalar('bool'),
      reward: scalar('float64'),
      value: scalar('float64'),
      probabilities: { dtype: 'float32', shape: [dataset.actions.length], names: [...dataset.actions] },
      stack: { dtype: 'int64', shape: [dataset.stackSize], names: null },
      source_episode: scalar('int64'),
      seed: scalar('int64'),
      timestamp: scalar('float32'),
      frame_index: scalar('int64'),
      episode_index: scalar('int64'),
      index: scalar('int64'),
      task_index: scalar('int64'),
    },
  };
}

function videoInfo(dataset: Dataset, fps: number): object {
  const { height, width } = dataset.frameShape;
  const size = { 'video.height': height, 'video.width': width, 'video.channels': 3, 'video.fps': fps };
  return { ...size, 'video.codec': 'h264', 'video.pix_fmt': 'gbrp', 'video.is_depth_map': false, has_audio: false };
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
