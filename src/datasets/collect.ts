/**
 * Collects demonstrations: has the seeds played that a dataset does not have yet, and keeps each episode the moment it
 * ends. Killed at any moment and started again, nothing whole is lost or played twice.
 */
import { resolve } from 'node:path';
import { AgentError, inWords } from '../core/index.js';
import { askedAlone } from './asked-alone.js';
import type { CollectElsewhere, Collection, CollectOptions, CollectProgress, CollectResult } from './collection.js';
import { describeCollection } from './describe-collection.js';
import { episodeContent, type PlayedEpisode } from './episode-content.js';
import { claimFolder, describeFolder, recoverShards } from './folder.js';
import { playHere } from './play-here.js';
import { ShardKeeper } from './shard-keeper.js';

/**
 * Resolves when every seed was played or the signal was given.
 * Rejects with `dataset` where the folder is taken, was collected otherwise, or cannot be written.
 * @param play plays the episodes, where that is not this process
 */
export async function collect(options: CollectOptions, play: CollectElsewhere = playHere): Promise<CollectResult> {
  const { game, noise = 0, seeds, groups, maxDecisions, signal, onNote } = options;
  const folder = resolve(options.folder);
  await using _claim = await claimFolder(folder);
  const description = await describeFolder(folder, describeCollection(options));
  const { shards, damaged } = await recoverShards(folder);
  for (const damage of damaged) onNote?.(`damaged, set aside, its episodes are played again: ${damage}`);
  const keeper = new ShardKeeper(folder, shards);
  const numberOf = new Map(description.seeds.map((seed, number) => [seed, number]));
  const wanted = seeds.map((seed) => ({ seed, number: numberOf.get(seed) as number }));
  const pending = wanted.filter(({ number }) => !keeper.has(number));
  const stop = new AbortController();
  const counts = { steps: 0, scores: [] as number[] };
  const started = performance.now();
  const progress = (): CollectProgress => ({
    planned: seeds.length,
    done: seeds.length - pending.length + counts.scores.length,
    doneNow: counts.scores.length,
    milliseconds: performance.now() - started,
    ...counts,
  });
  const keep = async (episode: PlayedEpisode): Promise<void> => {
    try {
      await keeper.keep(episode.number, episodeContent(episode, game.frames));
    } catch (error) {
      stop.abort(error); // a full disk is full for the others too
      throw error;
    }
    counts.scores.push(episode.score);
    options.onProgress?.(progress());
  };
  const onStep = (): void => {
    counts.steps++;
    options.onProgress?.(progress());
  };
  const failures = await play({
    ...{ folder, game, noise, groups, maxDecisions, pending, onStep, keep },
    ...{ seeds: description.seeds, frame: description.frame },
    ...playersOf(options),
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
    return [];
  });
  if (stop.signal.aborted) throw unwritable(folder, stop.signal.reason);
  if (!signal?.aborted) await keeper.merge();
  return { ...progress(), folder, damaged, failures, wasCancelled: signal?.aborted === true };
}

function playersOf({ driver, labeller, isExact }: CollectOptions): Pick<Collection, 'driver' | 'labeller'> {
  if (!isExact) return { driver, labeller };
  const alone = askedAlone(driver);
  // One that does both is asked once.
  return { driver: alone, labeller: labeller === driver ? alone : askedAlone(labeller) };
}

function unwritable(folder: string, cause: unknown): AgentError {
  return new AgentError('dataset', 'an episode cannot be kept', {
    got: inWords(cause),
    where: folder,
    next: 'make room or name another --out, then start again: what is kept stays',
    cause,
  });
}
