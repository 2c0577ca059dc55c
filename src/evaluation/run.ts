/** A whole evaluation: policies over many seeds, each episode recorded, and a table that can be trusted. */
import { availableParallelism } from 'node:os';
import type { EpisodeObserver } from '../agent/index.js';
import type { EnvSpec } from '../core/index.js';
import { type Emulators, startEmulators } from '../env-bridge/index.js';
import { requirePlayable } from '../players/index.js';
import { gitState, programVersions } from '../record/index.js';
import { findFfmpeg } from '../video/index.js';
import { batchInvariant } from './batch-invariant.js';
import type { PlayElsewhere, WorkElsewhere } from './elsewhere.js';
import { isScored } from './episode-outcome.js';
import { type Finished, finishEvaluation, rowOf } from './finish.js';
import { makePlayer } from './make-player.js';
import { askedFor, notePolicy, noteStart, type Opened, openEvaluation, type Start } from './open.js';
import type { EntryFacts, EvaluationOptions, SettledOptions } from './options.js';
import { playEntry } from './play-entry.js';
import type { RequestedEntry } from './request.js';
import { lockRun } from './run-lock.js';
import type { EvaluationEntry } from './schema.js';
import { withBudget } from './stage.js';
import { takeStock } from './take-stock.js';
import { makeVideos, seedsToShow } from './videos.js';

/** Episodes side by side where nothing is said. */
export const DEFAULT_PARALLEL = 16;

export interface EvaluationResult extends Finished {
  /** The evaluation's folder. */
  readonly folder: string;
  readonly videos: readonly string[];
}

interface Run extends Opened {
  readonly options: SettledOptions;
  readonly emulators: Emulators;
  /** What the environments are, by the game's name. */
  readonly specs: ReadonlyMap<string, EnvSpec>;
  readonly versions: Readonly<Record<string, string>>;
  readonly git: Start['git'];
}

/**
 * Plays what is missing of an evaluation, new or started before, and writes its table. Cancelled by its signal, it
 * closes the records that it was writing and gives the table of what there is. Rejects with `usage`, `config`,
 * `unknown_game` or `unsupported_env` before anything is written where the request is wrong, with `record` where it
 * does not fit what was started. A failed episode is a number in the table.
 * @param playElsewhere plays the episodes in this process's place.
 */
export async function runEvaluation(
  given: EvaluationOptions,
  playElsewhere?: PlayElsewhere,
): Promise<EvaluationResult> {
  const { openEmulators = startEmulators, watcher, services } = given;
  const signal = withBudget(given.signal ?? new AbortController().signal, services);
  const options: SettledOptions = { ...given, openEmulators, signal };
  const asked = await askedFor(options, signal);
  if (options.videos) await findFfmpeg();
  const processes = options.processes ?? availableParallelism();
  const git = await gitState();
  await using emulators = await openEmulators({
    signal,
    processes,
    onRecovery: (recovery) => watcher?.onRecovery?.(recovery),
  });
  const parallel = options.parallel ?? DEFAULT_PARALLEL;
  const start: Start = { started: new Date().toISOString(), git, processes, parallel };
  const versions = { ...(await programVersions()), ...emulators.versions };
  const specs = await requirePlayable(asked.request.entries, emulators, signal);
  const opened = await openEvaluation(asked, options, versions, start);
  await using _lock = await lockRun(opened.folder.path);
  await noteStart(opened, start);
  const { folder, isResumed, request } = opened;
  watcher?.onStart?.({ folder: folder.path, isResumed, seeds: request.seeds });
  const run: Run = { ...opened, options, emulators, specs, versions, git };
  // All rows first: what is found in one must not surface after hours of another.
  const pending: number[][] = [];
  for (const entry of folder.file.entries) pending.push(await takeStockOf(entry, run));
  if (playElsewhere === undefined) await playAll(run, pending);
  else await playElsewhere(await workElsewhere(run, pending));
  const videos = await recordVideos(run);
  return { folder: folder.path, videos, ...(await finishEvaluation(run.folder, run.entries)) };
}

/** The seeds that a row still needs. */
function takeStockOf(entry: EvaluationEntry, { folder, options }: Run): Promise<number[]> {
  return takeStock(folder, entry, {
    retryFailed: options.retryFailed === true,
    onSetAside: (aside) => options.watcher?.onSetAside?.(aside),
  });
}

/** Plays what is missing, row by row. */
async function playAll(run: Run, pending: readonly (readonly number[])[]): Promise<void> {
  for (const [index, seeds] of pending.entries()) {
    if (!run.options.signal.aborted && seeds.length > 0) await playOne(run, index, seeds);
  }
}

/** Loads each policy once: who plays elsewhere must be the same one. */
async function workElsewhere(run: Run, pending: readonly (readonly number[])[]): Promise<WorkElsewhere> {
  const { folder, request, options, emulators, entries } = run;
  const { signal, watcher, services } = options;
  const missing = pending.flatMap((seeds, index) =>
    seeds.length === 0 ? [] : [{ index, entry: entries[index] as RequestedEntry, seeds }],
  );
  for (const { index, entry } of missing) {
    watcher?.onLoad?.(rowOf(entry));
    await using policy = batchInvariant(await makePlayer(entry.spec, { game: entry.game, signal, services }));
    await notePolicy(folder, index, policy);
  }
  const facts = (entry: RequestedEntry): Promise<EntryFacts> => factsOf(run, entry);
  return { folder, request, rows: missing, emulators, watcher, facts, signal };
}

/** Plays what is missing of one row. */
async function playOne(run: Run, index: number, seeds: readonly number[]): Promise<void> {
  const { folder, request, options, emulators, versions, git } = run;
  const { signal, watcher } = options;
  const entry = run.entries[index] as RequestedEntry;
  const row = rowOf(entry);
  watcher?.onLoad?.(row);
  await using policy = batchInvariant(
    await makePlayer(entry.spec, { game: entry.game, signal, services: options.services, person: options.person }),
  );
  await notePolicy(folder, index, policy);
  const watch: ((seed: number) => EpisodeObserver) | undefined = watcher?.onEntry?.(await factsOf(run, entry));
  await playEntry({
    game: entry.game,
    policy,
    emulators,
    spec: run.specs.get(row.game),
    seeds,
    parallel: options.parallel ?? DEFAULT_PARALLEL,
    maxDecisions: request.maxDecisions,
    clock: entry.clock,
    plain: request.plain,
    folderOf: (seed) => folder.episodeFolder(row, seed),
    given: options.given ?? [],
    versions,
    git,
    ...(watch ? { watch } : {}),
    signal,
  });
  watcher?.onEntryEnd?.(policy.counts);
}

async function factsOf({ folder, entries, request }: Run, entry: RequestedEntry): Promise<EntryFacts> {
  const { game, policy } = rowOf(entry);
  const others = entries.map(rowOf).filter((row) => row.game === game && row.policy !== policy);
  const outcomes = (await Promise.all(others.map((row) => folder.outcomes(row)))).flat();
  return {
    game,
    policy,
    planned: request.seeds.length,
    done: await folder.outcomes({ game, policy }),
    elsewhere: outcomes.filter(isScored).map(({ decisions }) => decisions),
    usual: entry.game.usualDecisions,
  };
}

async function recordVideos({ folder, entries, options, emulators }: Run): Promise<string[]> {
  const { videos: choice, signal, watcher } = options;
  if (choice === undefined || signal.aborted) return [];
  const folders: string[] = [];
  for (const row of entries.map(rowOf)) {
    const seeds = seedsToShow(await folder.outcomes(row), choice);
    folders.push(...seeds.map((seed) => folder.episodeFolder(row, seed)));
  }
  const onVideo = (file: string, index: number): void => watcher?.onVideo?.(file, index, folders.length);
  return makeVideos({ folders, emulators, signal, onVideo });
}
