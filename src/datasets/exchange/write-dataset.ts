/** Episodes from elsewhere as a dataset of this program, in shards of the usual size. */
import { join } from 'node:path';
import { AgentError, makeFolder } from '../../core/index.js';
import { stopIfCancelled } from '../cancellation.js';
import { hashContent } from '../dataset-name.js';
import { DATASET_FILE, type DatasetDescription, SHARDS_FOLDER, type ShardEpisode, splitOf } from '../schema.js';
import { mergedShardName, writeShard } from '../shard-files.js';
import type { StepRow } from '../step-table.js';
import type { ExchangedEpisode, ExchangeSource } from './episode.js';
import { asJson, makeWholeFolder, writeInto } from './new-folder.js';

const SHARD_BYTES = 64 * 2 ** 20;
const SHARD_ROWS = 50_000;

export interface ImportOptions {
  /** A new or empty folder. */
  readonly out: string;
  /** Where it came from, of what others recorded. */
  readonly imported?: DatasetDescription['imported'] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEpisode?: ((done: number, all: number) => void) | undefined;
}

/**
 * Writes the dataset and resolves to its folder, which is there whole or not at all.
 * Rejects with what reading the source rejects with, and `usage` where the folder holds something.
 */
export function writeDataset(source: ExchangeSource, options: ImportOptions): Promise<string> {
  const { out, imported, signal, onEpisode } = options;
  return makeWholeFolder(out, async (folder) => {
    await makeFolder(join(folder, SHARDS_FOLDER));
    const seeds: number[] = [];
    let shard = new PendingShard();
    let written = 0;
    const flush = async (): Promise<void> => {
      if (shard.episodes.length > 0) await writeShard(folder, mergedShardName(written++), shard);
      shard = new PendingShard();
    };
    let done = 0;
    for await (const episode of source.episodes()) {
      stopIfCancelled(signal);
      requireWhole(episode, source.description);
      seeds[episode.number] = episode.seed;
      shard.add(episode);
      if (shard.bytes >= SHARD_BYTES || shard.rows.length >= SHARD_ROWS) await flush();
      done++;
      onEpisode?.(done, source.episodeCount);
    }
    await flush();
    if (done === 0) throw new AgentError('dataset', 'the source has no episodes', { where: out });
    if (seeds.length !== done) {
      const got = `${done} episodes, the last of them number ${seeds.length - 1}`;
      throw new AgentError('dataset', 'the episodes are not numbered from 0 on, each once', { got });
    }
    await writeInto(folder, DATASET_FILE, asJson({ ...source.description, seeds, ...(imported ? { imported } : {}) }));
  });
}

class PendingShard {
  readonly rows: StepRow[] = [];
  readonly episodes: ShardEpisode[] = [];
  readonly frames: Uint8Array[] = [];
  bytes = 0;

  add({ number, seed, score, status, ending, steps, frames }: ExchangedEpisode): void {
    const split = splitOf(seed);
    const [first_row, offset] = [this.rows.length, this.bytes];
    for (const [frame, step] of steps.entries()) {
      const frameBytes = (frames[frame] as Uint8Array).length;
      this.rows.push({ episode: number, seed, split, ...step, frame, frameOffset: this.bytes, frameBytes });
      this.bytes += frameBytes;
    }
    this.bytes += (frames.at(-1) as Uint8Array).length;
    this.frames.push(...frames);
    const range = { offset, bytes: this.bytes - offset };
    this.episodes.push({
      episode: number,
      seed,
      split,
      steps: steps.length,
      score,
      status,
      ending,
      first_row,
      frames: range,
    });
  }
}

/** What every dataset keeps to, whoever made it; and what an export of ours was written with. */
function requireWhole(episode: ExchangedEpisode, { actions, stack }: ExchangeSource['description']): void {
  const { number, steps, frames, sha256 } = episode;
  const isAction = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < actions.length;
  const wrong = steps.findIndex(
    (step, index) =>
      step.step !== index ||
      !isAction(step.action) ||
      !isAction(step.label) ||
      step.stack.length !== stack ||
      step.stack.some((frame) => !Number.isInteger(frame) || frame < 0 || frame > index) ||
      (step.probabilities !== null && step.probabilities.length !== actions.length),
  );
  if (steps.length > 0 && frames.length === steps.length + 1 && wrong === -1) {
    if (sha256 === undefined || hashContent(episode, steps, frames) === sha256) return;
    throw new AgentError('dataset', 'an episode is not the one that was exported', {
      expected: `content of SHA-256 ${sha256}`,
      where: `episode ${number}`,
      next: 'export it again; data changed on purpose is imported without agent-dataset.json',
    });
  }
  throw new AgentError('dataset', 'an episode of the source is not whole', {
    expected: `decisions numbered from 0 on, actions 0 to ${actions.length - 1}, stacks of ${stack} earlier frames`,
    got:
      wrong === -1 ? `${steps.length} decisions, ${frames.length} frames` : JSON.stringify(steps[wrong]).slice(0, 300),
    where: `episode ${number}${wrong === -1 ? '' : `, decision ${wrong}`}`,
  });
}
