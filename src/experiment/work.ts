/** How a job is done: its commands one after the other, then its result, then what is not needed any more goes. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, howItEnded, makeFolder, writeFileAtomic } from '../core/index.js';
import { Dataset, hashDataset } from '../datasets/index.js';
import { mean } from '../evaluation/index.js';
import { type CommandEnd, LOG_FILE, type RunCommand } from './child.js';
import type { ExperimentConfig } from './config.js';
import { commandsOf, type Job } from './plan.js';
import { hasFailures, type JobResult, type Results, readPlayed, writeResult } from './played.js';

export interface Workplace {
  /** The experiment's folder, absolute. */
  readonly folder: string;
  readonly config: ExperimentConfig;
  /** The game as the config names it, by its name in tables. */
  readonly gameGiven: (name: string) => string;
  /** Of the evaluation. */
  readonly seeds: readonly number[];
  readonly keepModels: boolean;
  readonly runCommand: RunCommand;
  readonly signal: AbortSignal;
}

/**
 * Does a job, or what is left of it, and writes its result. Rejects with `cancelled` where the signal ended it, and
 * `training` where a command failed: with its last error and the log's file. What is there then is gone on with by the
 * next start.
 */
export async function doJob(job: Job, place: Workplace): Promise<JobResult> {
  const folder = join(place.folder, job.folder);
  // What an interrupted job took is not known, and would mislead who asks for the time left.
  const isWhole = !existsSync(folder);
  await makeFolder(folder);
  if (job.kind === 'training') await writeFileAtomic(join(folder, 'recipe.yaml'), job.recipe);
  const at = (path: string): string => join(place.folder, path);
  const seconds: (number | null)[] = [];
  for (const args of commandsOf(job, { config: place.config, game: place.gameGiven(job.game), at })) {
    const begun = performance.now();
    const end = await place.runCommand(args, folder, place.signal);
    if (place.signal.aborted) throw new AgentError('cancelled', 'the experiment was stopped');
    await requireDone(args, end, folder, place);
    seconds.push(isWhole ? (performance.now() - begun) / 1000 : null);
  }
  const [first = null, second = null] = seconds;
  if (job.kind === 'collect') {
    return await written<'collect'>(folder, await collected(join(folder, 'dataset'), job.seeds.length, first));
  }
  const played = await readPlayed(join(folder, 'evaluation'), place.seeds);
  if (job.kind === 'reference')
    return await written<'reference'>(folder, { ...played, seconds: { evaluation: first } });
  const result = { ...played, seconds: { training: first, evaluation: second } };
  await writeResult<'training'>(folder, result);
  if (!hasFailures(result)) await tidy(join(folder, 'training'), place.keepModels);
  return result;
}

async function written<K extends keyof Results>(folder: string, result: Results[K]): Promise<Results[K]> {
  await writeResult<K>(folder, result);
  return result;
}

/** An evaluation with failed episodes ends with 1 too, and is over all the same. */
async function requireDone(
  args: readonly string[],
  { lastLine, ...end }: CommandEnd,
  folder: string,
  { seeds }: Workplace,
): Promise<void> {
  if (end.exitCode === 0) return;
  const isOver =
    args[0] === 'eval' &&
    (await readPlayed(join(folder, 'evaluation'), seeds).then(
      () => true,
      () => false,
    ));
  if (isOver) return;
  const what = args[0] === 'train' ? 'train play' : args[0];
  throw new AgentError('training', `agent ${what} failed`, {
    got: lastLine || howItEnded(end),
    where: join(folder, LOG_FILE),
  });
}

async function collected(folder: string, expected: number, seconds: number | null): Promise<Results['collect']> {
  using dataset = await Dataset.open(folder, { firstEpisodes: expected });
  const { episodes, stepCount } = dataset;
  const scores = episodes.map(({ score }) => score);
  const sha256 = hashDataset(dataset);
  return { episodes: expected, decisions: stepCount, mean: mean(scores), sha256, seconds: { collecting: seconds } };
}

/** Removes a finished training's states, and its model where it shall not be kept. Its curve stays. */
async function tidy(training: string, keepModel: boolean): Promise<void> {
  const names = await readdir(training).catch((): string[] => []);
  const needless = names.filter((name) => name.startsWith('step-') || (name === 'model' && !keepModel));
  await Promise.all(needless.map((name) => rm(join(training, name), { recursive: true, force: true })));
}
