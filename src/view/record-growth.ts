/** A record that may still be written: whether more is to come, and when to look again. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MANIFEST_FILE, openRecord, STEPS_FILE } from '../record/index.js';

/** A run that has written nothing for so long is taken for killed: a model behind a service thinks for minutes. */
export const SILENT_AFTER_MS = 120_000;
/** How often a growing record is looked at. */
const LOOK_MS = 100;

/** Whether a record that says `running` is being played, by the time of its last line. */
export function isGrowing(folder: string): boolean {
  try {
    return Date.now() - statSync(join(folder, STEPS_FILE)).mtimeMs < SILENT_AFTER_MS;
  } catch {
    return false;
  }
}

/**
 * For `ReadOptions.waitForMore`: true after a while, as long as the episode is played. Once its manifest tells the end
 * the file is read to its end a last time.
 */
export function growthOf(folder: string, signal: AbortSignal): () => Promise<boolean> {
  let isOver = false;
  const hasEnded = ended(folder);
  return async () => {
    if (isOver || signal.aborted) return false;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return false;
    isOver = !isGrowing(folder) || (await hasEnded());
    return true;
  };
}

/** Whether the manifest tells an end; it is read again only where it is another file. */
function ended(folder: string): () => Promise<boolean> {
  let known: string | undefined;
  return async () => {
    const { ino, mtimeMs } = statSync(join(folder, MANIFEST_FILE), { throwIfNoEntry: false }) ?? {};
    if (known === `${ino} ${mtimeMs}`) return false;
    // Between two renames there is nothing to be read; the next look will tell.
    const record = await openRecord(folder).catch(() => null);
    if (record === null) return false;
    known = `${ino} ${mtimeMs}`;
    return record.manifest.status !== 'running';
  };
}
