/**
 * Collects demonstrations: plays the seeds that a dataset does not have yet, several at a time, and keeps each episode
 * the moment it ends. Episodes play in groups on environments of their own, so that while one group waits for its
 * emulators another one's decisions are computed. Killed at any moment and started again, nothing whole is lost or
 * played twice.
 */
import { resolve } from 'node:path';
import {
  type EpisodeEnd,
  type EpisodeEnvironments,
  type EpisodePlan,
  type Game,
  type Policy,
  playEpisodes,
} from '../agent/index.js';
import { AgentError, inWords } from '../core/index.js';
import { CollectingPolicy } from './collecting-policy.js';
import { EpisodeGatherer } from './episode-gatherer.js';
import { claimFolder, describeFolder, recoverShards } from './folder.js';
import { type DatasetDescription, SPLIT_RULE } from './schema.js';
import { ShardKeeper } from './shard-keeper.js';

export interface CollectOptions {
  readonly folder: string;
  readonly game: Game;
  /** Acts. It and the labeller stay the caller's to dispose of. */
  readonly driver: Policy;
  /** Says what should be done; may be the driver. */
  readonly labeller: Policy;
  /** Probability of a random action in the driver's place. Default 0. */
  readonly noise?: number;
  /** One episode each; those that the dataset has are not played again. */
  readonly seeds: readonly number[];
  /** One or more of one spec; each plays as many episodes at a time as it has slots. */
  readonly groups: readonly EpisodeEnvironments[];
  readonly maxDecisions?: number;
  /** Versions of emulators and program, for the description. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CollectProgress) => void;
  /** Something to tell that is not progress: what was found when going on. */
  readonly onNote?: (text: string) => void;
}

export interface CollectProgress {
  /** Episodes that were asked for, and those of them that are kept by now. */
  readonly planned: number;
  readonly done: number;
  /** Of these, kept by this call. */
  readonly doneNow: number;
  /** Decisions made by this call. */
  readonly steps: number;
  readonly milliseconds: number;
  /** Scores of the episodes kept by this call. */
  readonly scores: readonly number[];
}

export interface CollectResult extends CollectProgress {
  readonly folder: string;
  readonly damaged: readonly string[];
  /** Episodes that failed; they are not in the dataset and are played again by the next call. */
  readonly failures: readonly { readonly seed: number; readonly error: AgentError | null }[];
  readonly wasCancelled: boolean;
}

/**
 * Resolves when every seed was played or the signal was given.
 * Rejects with `dataset` where the folder is taken, was collected otherwise, or cannot be written.
 */
export async function collect(options: CollectOptions): Promise<CollectResult> {
  const { game, driver, labeller, noise = 0, seeds, groups, maxDecisions, signal, onNote } = options;
  const folder = resolve(options.folder);
  await using _claim = await claimFolder(folder);
  const description = await describeFolder(folder, describe(options));
  const { shards, damaged } = await recoverShards(folder);
  for (const damage of damaged) onNote?.(`damaged, set aside, its episodes are played again: ${damage}`);
  const keeper = new ShardKeeper(folder, shards);
  const numberOf = new Map(description.seeds.map((seed, number) => [seed, number]));
  const wanted = seeds.map((seed) => ({ seed, number: numberOf.get(seed) as number }));
  const pending = wanted.filter(({ number }) => !keeper.has(number));
  const stop = new AbortController();
  const ending = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const policy = new CollectingPolicy({ driver, labeller, noise });
  const counts = { steps: 0, scores: [] as number[] };
  const started = performance.now();
  const progress = (): CollectProgress => ({
    planned: seeds.length,
    done: seeds.length - pending.length + counts.scores.length,
    doneNow: counts.scores.length,
    milliseconds: performance.now() - started,
    ...counts,
  });
  const planOf = ({ seed, number }: { seed: number; number: number }): EpisodePlan => {
    const id = `${game.name}-${seed}`;
    const gatherer = new EpisodeGatherer({
      number,
      seed,
      stack: game.frames,
      label: () => policy.labelOf(id),
      onStep: () => {
        counts.steps++;
        options.onProgress?.(progress());
      },
      keep: async (content, end) => {
        try {
          await keeper.keep(number, content);
        } catch (error) {
          stop.abort(error); // a full disk is full for the others too
          throw error;
        }
        counts.scores.push(end.score);
        options.onProgress?.(progress());
      },
    });
    return { id, seed, observers: [gatherer] };
  };
  const rounds = groups.map((environments, group) =>
    playEpisodes({
      game,
      policy,
      environments,
      episodes: pending.filter((_, i) => i % groups.length === group).map(planOf),
      ...(maxDecisions === undefined ? {} : { maxDecisions }),
      signal: ending,
    }),
  );
  const ends = (await Promise.all(rounds)).flat();
  if (stop.signal.aborted) throw unwritable(folder, stop.signal.reason);
  if (!signal?.aborted) await keeper.merge();
  return { ...progress(), folder, damaged, failures: failuresOf(ends), wasCancelled: signal?.aborted === true };
}

function failuresOf(ends: readonly EpisodeEnd[]): CollectResult['failures'] {
  return ends.filter(({ status }) => status === 'failed').map(({ seed, error }) => ({ seed, error }));
}

function describe(options: CollectOptions): DatasetDescription {
  const { game, driver, labeller, noise = 0, seeds, groups, maxDecisions, versions = {} } = options;
  const [group] = groups;
  if (!group) throw new AgentError('usage', 'there is no environment to play on', { expected: 'one or more groups' });
  const { observationSpace, framesPerSecond, frameSkip } = group.spec;
  const [height = 0, width = 0, channels] = observationSpace.shape;
  if (channels !== 1 && channels !== 3) {
    throw new AgentError('unsupported_env', 'demonstrations are of pictures', {
      expected: 'observations of uint8 [height, width, 1 or 3]',
      got: `[${observationSpace.shape.join(', ')}]`,
      where: group.spec.id,
    });
  }
  const { env, ...emulator } = game.emulator;
  const player = ({ id, provenance = {} }: Policy) => ({ id, provenance: { ...provenance } });
  return {
    format: 'agent-demonstrations',
    format_version: 1,
    game: game.name,
    env,
    emulator: JSON.parse(JSON.stringify(emulator)),
    decisions_per_second: framesPerSecond === null ? null : framesPerSecond / frameSkip,
    actions: game.actions.map(({ name }) => name),
    frame: { height, width, channels },
    stack: game.frames,
    driver: player(driver),
    labeller: player(labeller),
    noise,
    max_steps: maxDecisions ?? null,
    split: SPLIT_RULE,
    seeds: [...seeds],
    versions: { ...versions },
  };
}

function unwritable(folder: string, cause: unknown): AgentError {
  return new AgentError('dataset', 'an episode cannot be kept', {
    got: inWords(cause),
    where: folder,
    next: 'make room or name another --out, then start again: what is kept stays',
    cause,
  });
}
