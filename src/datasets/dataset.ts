/**
 * Demonstrations as training reads them: one or several folders as one numbered sequence of steps, frames decoded when
 * they are asked for. In memory are the columns of numbers (about 60 bytes a step), no frames.
 */
import { join, resolve } from 'node:path';
import { AgentError, type Frame } from '../core/index.js';
import { decodeFrame, type FrameShape } from './frame-codec.js';
import { FrameFiles } from './frame-files.js';
import { readJsonFile } from './json-file.js';
import {
  DATASET_FILE,
  type DatasetDescription,
  type DatasetEpisode,
  type DatasetStep,
  datasetSchema,
  type ShardEpisode,
  type Split,
} from './schema.js';
import { readShard, requireWhole, type Shard, shardNames, withoutSuperseded } from './shard-files.js';
import { StepColumns } from './step-columns.js';
import { readSteps } from './step-table.js';

/** A folder that was opened. */
export interface DatasetSource {
  readonly folder: string;
  readonly description: DatasetDescription;
  readonly bytes: { readonly steps: number; readonly frames: number };
}

export interface DatasetOptions {
  /** Only so many episodes, from the first on; all where left out. */
  readonly firstEpisodes?: number | undefined;
}

export class Dataset implements Disposable {
  readonly #files = new FrameFiles();

  private constructor(
    readonly sources: readonly DatasetSource[],
    readonly episodes: readonly DatasetEpisode[],
    private readonly columns: StepColumns,
    private readonly packs: readonly string[],
  ) {}

  /**
   * Opens one folder, or several of the same game and shape as one (DAgger rounds). Episodes come folder by folder, in
   * the order of their numbers. Collecting may go on meanwhile only in folders that are not opened here.
   * Rejects with `dataset` where a folder is none, is damaged, does not go with the others, or there are fewer episodes
   * than asked for.
   */
  static async open(folders: string | readonly string[], { firstEpisodes }: DatasetOptions = {}): Promise<Dataset> {
    const paths = (typeof folders === 'string' ? [folders] : folders).map((folder) => resolve(folder));
    if (paths.length === 0) throw new AgentError('usage', 'there is no dataset to open', { expected: 'a folder' });
    const found = await Promise.all(paths.map(openSource));
    const [first] = found as [Source, ...Source[]];
    for (const other of found.slice(1)) requireSameShape(first, other);
    const columns = new StepColumns(first.description.actions.length, first.description.stack, countSteps(found));
    const episodes: DatasetEpisode[] = [];
    const packs: string[] = [];
    for (const [source, { shards }] of found.entries()) {
      const inOrder = shards.flatMap((shard) => shard.episodes.map((episode) => ({ shard, episode })));
      inOrder.sort((a, b) => a.episode.episode - b.episode.episode);
      // A shard's rows take ten times its columns: they are held only until its last episode was taken.
      const open = new Map<Shard, { rows: Awaited<ReturnType<typeof readSteps>>; left: number }>();
      for (const { shard, episode } of inOrder) {
        if (episodes.length === firstEpisodes) break;
        const held = open.get(shard) ?? { rows: await readSteps(shard.stepsPath), left: shard.episodes.length };
        if (--held.left > 0) open.set(shard, held);
        else open.delete(shard);
        const { first_row, frames, ...facts } = episode;
        const own = held.rows.slice(first_row, first_row + episode.steps);
        if (own.length !== episode.steps) throw tornTable(shard, episode);
        const [firstStep, firstFrame] = columns.append(own, frames);
        episodes.push({ ...facts, source, firstStep, firstFrame });
        packs.push(shard.framesPath);
      }
    }
    if (firstEpisodes !== undefined && episodes.length < firstEpisodes) {
      throw new AgentError('dataset', 'the dataset has fewer episodes than are asked for', {
        expected: `${firstEpisodes} episodes`,
        got: String(episodes.length),
        where: paths.join(', '),
        next: 'collect more with the same `agent collect`, or ask for fewer',
      });
    }
    return new Dataset(found, episodes, columns, packs);
  }

  get game(): string {
    return this.#description.game;
  }

  /** Names by index. */
  get actions(): readonly string[] {
    return this.#description.actions;
  }

  get frameShape(): FrameShape {
    return this.#description.frame;
  }

  /** Frames in a stack. */
  get stackSize(): number {
    return this.#description.stack;
  }

  get stepCount(): number {
    return this.columns.stepCount;
  }

  get frameCount(): number {
    return this.columns.frameCount;
  }

  /** Steps of a split by number, to draw from; of all episodes without one. */
  indices(split?: Split): Int32Array {
    const wanted = this.episodes.filter((episode) => split === undefined || episode.split === split);
    const indices = new Int32Array(wanted.reduce((sum, { steps }) => sum + steps, 0));
    let at = 0;
    for (const { firstStep, steps } of wanted) for (let i = 0; i < steps; i++) indices[at++] = firstStep + i;
    return indices;
  }

  /** A step by its number, without its pictures. */
  step(index: number): DatasetStep {
    requireWithin('step', index, this.stepCount);
    const episode = this.#episodeAt(index, ({ firstStep }) => firstStep);
    return { episode, ...this.columns.step(index, episode) };
  }

  /** A frame by its number: uint8 [height, width, channels], decoded now (0.1 ms), the caller's own. */
  frame(index: number): Frame {
    return decodeFrame(this.framePng(index), this.frameShape, `frame ${index}`);
  }

  /** The frames that were seen at a step, oldest first; one that stands several times is the same object. */
  stack(index: number): Frame[] {
    const decoded = new Map<number, Frame>();
    return this.step(index).stack.map((number) => {
      const frame = decoded.get(number) ?? this.frame(number);
      decoded.set(number, frame);
      return frame;
    });
  }

  /** The PNG file of a frame, as it is stored. */
  framePng(index: number): Uint8Array {
    requireWithin('frame', index, this.frameCount);
    const at = this.#positionAt(index, ({ firstFrame }) => firstFrame);
    const { offset, bytes } = this.columns.frame(index);
    return this.#files.read(this.packs[at] as string, offset, bytes);
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
  }

  get #description(): DatasetDescription {
    return (this.sources[0] as DatasetSource).description;
  }

  #episodeAt(index: number, first: (episode: DatasetEpisode) => number): DatasetEpisode {
    return this.episodes[this.#positionAt(index, first)] as DatasetEpisode;
  }

  /** The last episode that begins at or before `index`, by bisection. */
  #positionAt(index: number, first: (episode: DatasetEpisode) => number): number {
    let [low, high] = [0, this.episodes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (first(this.episodes[middle] as DatasetEpisode) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

interface Source extends DatasetSource {
  readonly shards: readonly Shard[];
}

async function openSource(folder: string): Promise<Source> {
  const next = 'name a folder that `agent collect` made; `agent datasets` lists those under runs/datasets';
  const description = await readJsonFile(join(folder, DATASET_FILE), datasetSchema, next);
  const all = await Promise.all((await shardNames(folder)).map((name) => readShard(folder, name)));
  const { kept: shards } = withoutSuperseded(all);
  await Promise.all(shards.map(requireWhole));
  const sum = (kind: 'steps' | 'frames'): number => shards.reduce((bytes, { files }) => bytes + files[kind].bytes, 0);
  return { folder, description, shards, bytes: { steps: sum('steps'), frames: sum('frames') } };
}

const countSteps = (sources: readonly Source[]): number =>
  sources.flatMap(({ shards }) => shards).reduce((sum, { rows }) => sum + rows, 0);

function requireSameShape(first: Source, other: Source): void {
  const shapeOf = ({ description: { game, actions, frame, stack } }: Source): string =>
    JSON.stringify({ game, actions, frame: [frame.height, frame.width, frame.channels], stack });
  if (shapeOf(first) === shapeOf(other)) return;
  throw new AgentError('dataset', 'these datasets do not go together', {
    expected: `${shapeOf(first)}, as ${first.folder}`,
    got: shapeOf(other),
    where: other.folder,
    next: 'open datasets of one game, collected with the same settings',
  });
}

function requireWithin(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new AgentError('usage', `the dataset has no such ${what}`, { expected: `0 to ${count - 1}`, got: `${index}` });
}

function tornTable({ stepsPath }: Shard, { episode, steps }: ShardEpisode): AgentError {
  return new AgentError('dataset', 'a step table ends too early', {
    expected: `${steps} steps of episode ${episode}`,
    where: stepsPath,
    next: '`agent datasets check` finds every damaged shard',
  });
}
