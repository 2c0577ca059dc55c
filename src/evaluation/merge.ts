/**
 * Puts evaluations together that played different seeds of the same thing: the shards of a Slurm array or of a
 * Kubernetes job, or runs of several machines. Every episode is held against its own lines before it counts. Records
 * are copied, the sources stay as they are; a merge that was stopped, or came before a shard was done, goes on.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AgentError, makeFolder, ownTag } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { startEmulators } from '../env-bridge/index.js';
import { openRecordFile } from '../record/files.js';
import { MANIFEST_FILE, openRecord, STEPS_FILE } from '../record/index.js';
import { inOneLine } from './error-line.js';
import { finishEvaluation } from './finish.js';
import { EvaluationFolder } from './folder.js';
import { refuseForeignFiles } from './foreign-files.js';
import { gameHash } from './game-hash.js';
import { mergedFile } from './merged-file.js';
import type { EvaluationOptions } from './options.js';
import { requestOfStarted } from './request.js';
import { requireSame } from './require-same.js';
import type { EvaluationResult } from './run.js';
import { lockRun } from './run-lock.js';
import type { EvaluationEntry } from './schema.js';
import { takeStock } from './take-stock.js';

export interface MergeOptions
  extends Pick<EvaluationOptions, 'out' | 'trustFiles' | 'given' | 'openEmulators' | 'signal' | 'watcher'> {
  /** Folders of evaluations. */
  readonly folders: readonly string[];
}

/**
 * Resolves to the table of all episodes together. Rejects with `usage` where a folder is no evaluation or a seed is in
 * two of them, with `record` where two do not belong into one table.
 */
export async function mergeEvaluations(options: MergeOptions): Promise<EvaluationResult> {
  const { out, given = [], watcher, openEmulators = startEmulators } = options;
  const signal = options.signal ?? new AbortController().signal;
  const sources: EvaluationFolder[] = [];
  for (const path of options.folders) sources.push(await openSource(path));
  const wanted = mergedFile(sources, given);
  const where = (sources[0] as EvaluationFolder).path;
  refuseForeignFiles(wanted.entries, () => options.trustFiles === true, where);
  const { entries } = await requestOfStarted(wanted, where, openEmulators, signal);
  for (const [i, { game, gameGiven }] of entries.entries()) {
    requireSame(`the game ${game.name}`, wanted.entries[i]?.game_sha256, gameHash(game), gameGiven);
  }
  const existing = out === undefined ? undefined : await EvaluationFolder.open(out);
  if (existing) requireSame('what is merged', facts(existing.file), facts(wanted), existing.path);
  const place = out === undefined ? { runs: projectPaths.runs } : { exactly: out };
  const folder = existing ?? (await EvaluationFolder.create(place, wanted));
  await using _lock = await lockRun(folder.path);
  const { starts, entries: rows } = wanted;
  if (existing) await folder.update({ starts, entries: rows, finished: null });
  watcher?.onStart?.({ folder: folder.path, isResumed: existing !== undefined, seeds: folder.seeds });
  for (const entry of folder.file.entries) {
    const pending = await takeStock(folder, entry);
    for (const seed of pending) {
      if (!signal.aborted) await copyEpisode(sources, folder, entry, seed, (sentence) => watcher?.onNote?.(sentence));
    }
    await takeStock(folder, entry, { onSetAside: (aside) => watcher?.onSetAside?.(aside) });
  }
  return { folder: folder.path, videos: [], ...(await finishEvaluation(folder, entries)) };
}

/** What must be the same where a merge goes on: everything but who played when, and who a policy turned out to be. */
function facts({ seeds, entries, versions, max_decisions, plain }: EvaluationFolder['file']): unknown {
  const asked = entries.map(({ provenance: _, policy_id: __, ...entry }) => entry);
  return { seeds, versions, max_decisions, plain, entries: asked };
}

async function openSource(path: string): Promise<EvaluationFolder> {
  const folder = await EvaluationFolder.open(path);
  if (folder) return folder;
  throw new AgentError('usage', 'there is no evaluation to merge', {
    expected: 'a folder with evaluation.json, as `agent eval --shard I/N --out DIR` makes it',
    got: path,
    where: '--merge',
  });
}

/** Copies the record of a seed out of the source that has played it to an end, if one has. */
async function copyEpisode(
  sources: readonly EvaluationFolder[],
  folder: EvaluationFolder,
  entry: EvaluationEntry,
  seed: number,
  note: (sentence: string) => void,
): Promise<void> {
  for (const source of sources) {
    const from = source.episodeFolder(entry, seed);
    const status = await openRecord(from).then(
      ({ manifest }) => manifest.status,
      () => undefined,
    );
    if (status === undefined || status === 'running' || status === 'cancelled') continue;
    const place = folder.episodeFolder(entry, seed);
    const temporary = `${place}.${ownTag()}.tmp`;
    await makeFolder(temporary);
    try {
      for (const name of [STEPS_FILE, MANIFEST_FILE]) await copyRecordFile(from, temporary, name);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      note(`${from} is left out: ${inOneLine(error)}`);
      continue;
    }
    await rm(place, { recursive: true, force: true });
    await rename(temporary, place);
    return;
  }
}

/** A regular file of the known name, and nothing that a link leads to. */
async function copyRecordFile(from: string, to: string, name: string): Promise<void> {
  await using file = await openRecordFile(from, name);
  await pipeline(file.createReadStream({ autoClose: false }), createWriteStream(join(to, name), { flags: 'wx' }));
}
