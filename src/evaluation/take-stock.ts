/**
 * What an evaluation that is taken up again has already. Each episode is held against its own lines before it counts;
 * what does not hold is set aside, told, and played again, and one bad record never stops the rest.
 */

import { lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sweepFolder } from '../core/index.js';
import { MANIFEST_FILE, STEPS_FILE } from '../record/index.js';
import { checkEpisode } from './check-episode.js';
import { envelopeInOneLine } from './error-line.js';
import type { EvaluationFolder } from './folder.js';
import { isPassing } from './passing-failure.js';
import type { EvaluationEntry, SetAside } from './schema.js';
import { moveAside } from './set-aside.js';

export interface StockOptions {
  /** Whether every failed episode is played again, not only those that failed for want of disk, memory or a service. */
  readonly retryFailed?: boolean;
  /** Told of each episode that was set aside. */
  readonly onSetAside?: (aside: SetAside) => void;
}

/**
 * The seeds of an entry that are still to be played, in order. What a killed or cancelled episode left behind is
 * removed; what cannot be counted, and what failed and is tried again, is moved to `set-aside/` and noted in
 * evaluation.json. To be called by the process that holds the lock.
 */
export async function takeStock(
  folder: EvaluationFolder,
  entry: EvaluationEntry,
  options: StockOptions = {},
): Promise<number[]> {
  const setAside: SetAside[] = [];
  const keep = async (path: string, seed: number | null, reason: string): Promise<void> => {
    const { game, policy } = entry;
    const aside = { game, policy, seed, reason, folder: await moveAside(folder.path, path) };
    setAside.push(aside);
    options.onSetAside?.(aside);
  };
  const stranger = await linkAmong(folder.entryFolder(entry), folder.path);
  if (stranger !== undefined) await keep(stranger, null, 'it is no folder but a link or a file');
  // Records that a killed process was about to put there.
  await sweepFolder(folder.entryFolder(entry));
  const pending: number[] = [];
  for (const seed of folder.seeds) {
    const path = folder.episodeFolder(entry, seed);
    const state = await stateOf(path, entry, seed, folder, options.retryFailed === true);
    if (state === 'over') continue;
    pending.push(seed);
    if (state === 'unfinished') await rm(path, { recursive: true, force: true });
    else await keep(path, seed, state.reason);
  }
  if (setAside.length > 0) await folder.update({ set_aside: [...(folder.file.set_aside ?? []), ...setAside] });
  return pending;
}

type State = 'over' | 'unfinished' | { readonly reason: string };

async function stateOf(
  path: string,
  entry: EvaluationEntry,
  seed: number,
  folder: EvaluationFolder,
  retryFailed: boolean,
): Promise<State> {
  const files = await filesOf(path);
  if (files !== null && !files.includes(MANIFEST_FILE)) {
    return (await hasSteps(path)) ? { reason: 'it has steps but no manifest' } : 'unfinished';
  }
  const { manifest, trouble } = await checkEpisode(path, { entry, seed, file: folder.file });
  if (trouble !== null) return { reason: trouble };
  const { status, error } = manifest;
  if (status === 'running' || status === 'cancelled') return 'unfinished';
  if (status !== 'failed' || !(retryFailed || (error !== null && isPassing(error)))) return 'over';
  return { reason: `it failed and is played again: ${error ? envelopeInOneLine(error) : 'no reason is recorded'}` };
}

/** None where nothing is there; null where there is something else than a folder. */
async function filesOf(path: string): Promise<string[] | null> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return [];
  return stats.isDirectory() ? await readdir(path) : null;
}

/** A process that was killed before it had written a manifest has written no step either. */
async function hasSteps(path: string): Promise<boolean> {
  const stats = await lstat(join(path, STEPS_FILE)).catch(() => undefined);
  return stats !== undefined && stats.size > 0;
}

/** The first of the folders from `top` down to `path`, `top` left out, that is something else than a folder. */
async function linkAmong(path: string, top: string): Promise<string | undefined> {
  const parents: string[] = [];
  for (let at = path; at !== top && at !== dirname(at); at = dirname(at)) parents.unshift(at);
  for (const at of parents) {
    const stats = await lstat(at).catch(() => undefined);
    if (stats !== undefined && !stats.isDirectory()) return at;
  }
  return undefined;
}
