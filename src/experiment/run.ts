/**
 * A whole experiment: demonstrations, trainings, evaluations, each a job in a process of its own, and the table. A job
 * that is done has its result in its folder and is not done again, so the same call goes on wherever it ended.
 */
import { join, resolve } from 'node:path';
import { loadGame } from '../agent/index.js';
import { AgentError, asSystemError, makeFolder, writeFilesAtomic } from '../core/index.js';
import { gameHash, parseSeeds } from '../evaluation/index.js';
import { findModel, hashModel } from '../model/index.js';
import { gitState, programVersions } from '../record/index.js';
import { runAgent } from './child.js';
import type { ExperimentConfig } from './config.js';
import { type Identity, lockExperiment, openExperiment, type Start } from './folder.js';
import { drawExperiment } from './picture.js';
import { type Job, type Plan, planExperiment } from './plan.js';
import { hasFailures, type JobResult, readResult } from './played.js';
import { schedule } from './schedule.js';
import { experimentTable } from './table.js';
import type { ExperimentTable } from './table-schema.js';
import { timeLeft } from './time-left.js';
import { doJob, type Workplace } from './work.js';

export interface FailedJob {
  readonly job: Job;
  readonly error: AgentError;
}

export interface ExperimentProgress {
  readonly done: number;
  readonly total: number;
  /** Seconds; null before anything is known of that. */
  readonly left: number | null;
}

export interface ExperimentWatcher {
  onStart?(progress: ExperimentProgress): void;
  onBegin?(job: Job): void;
  onDone?(job: Job, result: JobResult, seconds: number, progress: ExperimentProgress): void;
  onFailed?(failed: FailedJob, progress: ExperimentProgress): void;
}

export interface ExperimentOptions {
  readonly config: ExperimentConfig;
  /** What is there is gone on with. */
  readonly folder: string;
  /** Jobs side by side. */
  readonly jobs: number;
  /** Whether trained models stay after their evaluation. Default false. */
  readonly keepModels?: boolean;
  readonly signal?: AbortSignal;
  readonly watcher?: ExperimentWatcher;
  /** How a job is done; by default its commands are run, each in a process of its own. */
  readonly doJob?: typeof doJob;
}

export interface ExperimentResult {
  readonly folder: string;
  readonly table: ExperimentTable;
  /** Jobs that did not come to their end, but for those that a signal stopped. */
  readonly failed: readonly FailedJob[];
}

export const TABLE_FILE = 'table.json';
export const PICTURES = ['experiment.svg', 'experiment.png'] as const;

/**
 * Does what is missing of an experiment and writes its table and picture, after every job anew. Stopped by its signal,
 * it lets the jobs save what they have. Rejects with `usage`, `config` or `unknown_game` before anything is written
 * where the config names what is not there, and where the folder holds another experiment. A failed job is told, and
 * the others go on.
 */
export async function runExperiment(options: ExperimentOptions): Promise<ExperimentResult> {
  const { config, watcher, jobs: workers } = options;
  const signal = options.signal ?? new AbortController().signal;
  const folder = resolve(options.folder);
  const games = config.games.map(({ game }) => loadGame(game));
  const plan = planExperiment(
    config,
    games.map(({ name, sights }) => ({ name, isSighted: sights.length > 0 })),
  );
  requireDifferent(plan);
  const identity: Identity = {
    config,
    models: await modelHashes(config),
    games: Object.fromEntries(games.map((game) => [game.name, gameHash(game)])),
  };
  await makeFolder(folder);
  await using _lock = await lockExperiment(folder);
  const starts = await openExperiment(folder, identity, await startNow());
  const done = await doneSoFar(folder, plan);
  const failed: FailedJob[] = [];
  const isDone = (job: Job): boolean => {
    const result = done.get(job.folder);
    return result !== undefined && !hasFailures(result);
  };
  const progress = (): ExperimentProgress => ({
    done: plan.jobs.filter(isDone).length,
    total: plan.jobs.length,
    left: timeLeft(plan.jobs, done, workers),
  });
  const place: Workplace = {
    ...{ folder, config, signal },
    gameGiven: (name) => config.games[games.findIndex((game) => game.name === name)]?.game ?? name,
    seeds: parseSeeds(config.seeds),
    keepModels: options.keepModels ?? false,
    runCommand: runAgent,
  };
  const fail = (job: Job, error: AgentError): false => {
    failed.push({ job, error });
    watcher?.onFailed?.({ job, error }, progress());
    return false;
  };
  const save = async (): Promise<ExperimentTable> => {
    const table = experimentTable({ config, plan, done, identity, starts });
    await writeTable(folder, table);
    return table;
  };
  const work = async (job: Job): Promise<boolean> => {
    const begun = performance.now();
    watcher?.onBegin?.(job);
    try {
      const result = await (options.doJob ?? doJob)(job, place);
      done.set(job.folder, result);
      if (hasFailures(result)) return fail(job, failedEpisodes(job, result, folder));
      watcher?.onDone?.(job, result, (performance.now() - begun) / 1000, progress());
      await save();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const known = asSystemError(error) ?? error;
      return fail(job, known instanceof AgentError ? known : new AgentError('internal', String(known)));
    }
  };
  watcher?.onStart?.(progress());
  await schedule(
    plan.jobs.filter((job) => !isDone(job)),
    workers,
    { needs: (job) => (job.kind === 'training' ? job.demonstrations : undefined), work, signal },
  );
  return { folder, table: await save(), failed };
}

/** Two entries of one game and demonstrator would share their folders and rows. */
function requireDifferent({ lessons }: Plan): void {
  const names = lessons.map(({ game, demonstrator }) => `${game}, ${demonstrator}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new AgentError('usage', 'a demonstrator stands twice in the experiment', {
    expected: 'each demonstrator of a game once',
    got: twice,
    next: 'give one of them another name',
  });
}

async function modelHashes({ models }: ExperimentConfig): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, given] of Object.entries(models)) hashes[name] = await hashModel(await findModel(given));
  return hashes;
}

async function startNow(): Promise<Start> {
  const [versions, git] = [await programVersions(), await gitState()];
  const commit = git && `${git.commit}${git.dirty ? '-dirty' : ''}`;
  return { started: new Date().toISOString(), version: versions.agent ?? '', commit };
}

async function doneSoFar(folder: string, { jobs }: Plan): Promise<Map<string, JobResult>> {
  const done = new Map<string, JobResult>();
  for (const job of jobs) {
    const result = await readResult(join(folder, job.folder), job.kind);
    if (result !== undefined) done.set(job.folder, result);
  }
  return done;
}

function failedEpisodes(job: Job, result: JobResult, folder: string): AgentError {
  const failures = Object.entries('failures' in result ? result.failures : {});
  return new AgentError('training', 'episodes of the evaluation failed', {
    got: `${failures.length}, the first of seed ${failures[0]?.[0]}: ${failures[0]?.[1]}`,
    where: join(folder, job.folder),
    next: 'the table counts them; the same command plays again what failed for want of disk, memory or a service',
  });
}

async function writeTable(folder: string, table: ExperimentTable): Promise<void> {
  const { svg, png } = await drawExperiment(table);
  await writeFilesAtomic([
    { path: join(folder, TABLE_FILE), content: `${JSON.stringify(table, null, 2)}\n` },
    { path: join(folder, PICTURES[0]), content: svg },
    { path: join(folder, PICTURES[1]), content: png },
  ]);
}
