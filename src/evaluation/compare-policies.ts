/**
 * Several policies on one seed, or episodes recorded before: where they part, in pictures and in a video side by side.
 */
import { join, relative, resolve } from 'node:path';
import {
  type Clock,
  type EnvironmentOptions,
  type Game,
  openGame,
  type PlayChoices,
  writtenGame,
} from '../agent/index.js';
import { AgentError, makeFolder, writeFileAtomic } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { type Emulators, startEmulators } from '../env-bridge/index.js';
import { checkPolicy, playedBy, requirePlayable, type Services } from '../players/index.js';
import { claimRunFolder, createRunFolder, openRecord } from '../record/index.js';
import { findPartings, type Parting, recordedEnv, requireConsistent } from '../replay/index.js';
import {
  comparisonStrip,
  comparisonVideo,
  decisionsOf,
  findFfmpeg,
  type NamedRecord,
  requireSameStart,
  viewOfRecord,
} from '../video/index.js';
import type { OpenEmulators } from './options.js';
import { openStage } from './stage.js';

/** How episodes are shown beside each other. */
export interface ShowOptions {
  /** Folder of the comparison; a new one under runs/ where left out. */
  readonly out?: string | undefined;
  /** Places in partings.png; 4 where left out. */
  readonly count?: number | undefined;
  /** Whether there is a video; true where left out. */
  readonly video?: boolean | undefined;
  /** The pictures that each policy is given, beside the game's. */
  readonly view?: boolean | undefined;
  readonly openEmulators?: OpenEmulators | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly watcher?: ComparisonWatcher | undefined;
}

export interface ComparePoliciesOptions extends ShowOptions, EnvironmentOptions {
  readonly game?: string | undefined;
  /** Two or more, as `--policy` names them. */
  readonly policies: readonly string[];
  /** Ways of playing of all of them, before those of each policy and the game. */
  readonly play?: PlayChoices | undefined;
  /** The game's own where left out. */
  readonly seed?: number | undefined;
  readonly maxDecisions?: number | undefined;
  /** The paused clock where left out. */
  readonly clock?: Clock | undefined;
  /** What players over HTTP share; without limits where left out. */
  readonly services?: Services | undefined;
  /** The user's words, for the records. */
  readonly given?: readonly string[] | undefined;
}

/** Told as a comparison goes on. */
export interface ComparisonWatcher {
  onPlay?(policy: string): void;
  onPlayed?(policy: string, end: { readonly score: number; readonly steps: number }): void;
  onStrip?(): void;
  onVideo?(step: number, steps: number): void;
}

/** comparison.json; paths are seen from its folder. */
export interface PolicyComparison {
  readonly folder: string;
  readonly game: string;
  readonly seed: number;
  readonly episodes: readonly {
    readonly policy: string;
    readonly score: number;
    readonly decisions: number;
    readonly record: string;
  }[];
  readonly partings: readonly Parting[];
  readonly video: string | null;
  readonly strip: string | null;
}

/**
 * Plays each policy on the same seed and shows the episodes beside each other. Rejects with `usage`, `config` or
 * `unsupported_env` before anything is written, and with an episode's own error where one fails.
 */
export async function comparePolicies(options: ComparePoliciesOptions): Promise<PolicyComparison> {
  const { policies, openEmulators = startEmulators, signal = new AbortController().signal } = options;
  if (options.video !== false) await findFfmpeg();
  const game = await openGame(writtenGame(options), (own) => openEmulators({ signal: own }), signal);
  for (const spec of policies) await checkPolicy(spec, { game, services: options.services });
  await using emulators = await openEmulators({ signal });
  const players = await Promise.all(
    policies.map(async (spec) => ({ game: await playedBy(spec, game, options.play), spec })),
  );
  await requirePlayable(players, emulators, signal);
  const folder = await folderFor(options.out, game.name, options.seed ?? game.seeds.default);
  // Awaited here: emulators close at the end of this block.
  return await show(await playAll(folder, game, options, emulators, signal), folder, options, emulators, signal);
}

/**
 * Shows recorded episodes of one seed beside each other. Rejects with `record`, before anything is made, where one
 * cannot be read or contradicts itself, or they do not belong together.
 */
export async function compareRecords(runs: readonly string[], options: ShowOptions = {}): Promise<PolicyComparison> {
  const { openEmulators = startEmulators, signal = new AbortController().signal } = options;
  if (options.video !== false) await findFfmpeg();
  const records = await Promise.all(runs.map((run) => openRecord(run)));
  for (const record of records) await requireConsistent(record);
  requireSameStart(records);
  await using emulators = await openEmulators({ signal });
  const [first] = records;
  const folder = await folderFor(options.out, first?.manifest.game.name ?? 'game', first?.manifest.seed ?? 0);
  const episodes = named(records.map((record) => ({ name: record.manifest.policy.id, record })));
  return await show(episodes, folder, options, emulators, signal);
}

/** Made before anything is played, so that a folder that cannot be written costs nothing. */
function folderFor(out: string | undefined, game: string, seed: number): Promise<string> {
  if (out !== undefined) return claimRunFolder(out);
  return createRunFolder(projectPaths.runs, { started: new Date(), game, policy: 'compare', seed });
}

async function playAll(
  folder: string,
  game: Game,
  options: ComparePoliciesOptions,
  emulators: Emulators,
  signal: AbortSignal,
): Promise<NamedRecord[]> {
  const { policies, kwargs, observation, frameSkip, seed, maxDecisions, clock, given, watcher, services, play } =
    options;
  const played = options.game === undefined ? { env: options.env, kwargs, observation, frameSkip } : options.game;
  const episodes: NamedRecord[] = [];
  let recoveries = 0;
  for (const [index, policy] of policies.entries()) {
    const out = join(folder, `${index + 1}-${policy.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[-.]+/, '')}`);
    watcher?.onPlay?.(policy);
    const asked = typeof played === 'string' ? { game: played } : played;
    await using stage = await openStage(
      { ...asked, policy, seed, maxDecisions, clock, given, out, services, play },
      emulators,
      signal,
      recoveries,
    );
    const end = await stage.play([]);
    recoveries = emulators.recoveries;
    if (end.status === 'failed' || end.status === 'cancelled') {
      throw end.error ?? new AgentError('internal', `the episode of ${policy} in ${game.name} did not come to its end`);
    }
    watcher?.onPlayed?.(policy, end);
    episodes.push({ name: policy, record: await openRecord(out) });
  }
  return named(episodes);
}

/** Names that are there twice get numbers. */
function named(episodes: readonly NamedRecord[]): NamedRecord[] {
  return episodes.map(({ name, record }, index) => {
    const isTwice = episodes.filter((other) => other.name === name).length > 1;
    return { name: isTwice ? `${name} (${index + 1})` : name, record };
  });
}

async function show(
  episodes: readonly NamedRecord[],
  folder: string,
  { count = 4, video = true, view, watcher }: ShowOptions,
  emulators: Emulators,
  signal: AbortSignal,
): Promise<PolicyComparison> {
  await makeFolder(folder);
  const factory = recordedEnv({ emulators, signal });
  const look = { signal, ...(view ? { view: viewOfRecord } : {}) };
  const decisions = await Promise.all(episodes.map(({ record }) => decisionsOf(record)));
  const partings = findPartings(decisions, count);
  const strip = partings.length > 0 ? join(folder, 'partings.png') : null;
  if (strip !== null) {
    watcher?.onStrip?.();
    const steps = partings.map(({ step }) => step);
    await comparisonStrip(episodes, strip, factory, steps, look);
  }
  const film = video ? join(folder, 'comparison.mp4') : null;
  const longest = Math.max(...decisions.map(({ length }) => length));
  if (film !== null) {
    const onStep = (step: number): void => watcher?.onVideo?.(step, longest);
    await comparisonVideo(episodes, film, factory, { ...look, onStep });
  }
  const { game, seed } = (episodes[0] as NamedRecord).record.manifest;
  const comparison: PolicyComparison = {
    folder,
    game: game.name,
    seed,
    episodes: episodes.map(({ name, record }, index) => ({
      policy: name,
      score: decisions[index]?.at(-1)?.score ?? 0,
      decisions: decisions[index]?.length ?? 0,
      record: relative(folder, resolve(record.folder)),
    })),
    partings,
    video: film && relative(folder, film),
    strip: strip && relative(folder, strip),
  };
  await writeFileAtomic(join(folder, 'comparison.json'), `${JSON.stringify(comparison, null, 2)}\n`);
  return comparison;
}
