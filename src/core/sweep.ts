/** Removes what killed processes left behind: temporary files and folders whose maker is gone, and nothing else. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned, TEMPORARY_FILE } from './process-identity.js';

const swept = new Set<string>();

/** Files of a folder that were to get their names. Never rejects: who cannot clean up can still work. */
export async function sweepFolder(folder: string): Promise<void> {
  await sweepBy(folder, TEMPORARY_FILE);
}

/** Folders and files whose name matches; the tag of their maker is the first group. Never rejects. */
export async function sweepBy(folder: string, pattern: RegExp): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const abandoned = names.filter((name) => {
    const tag = pattern.exec(name)?.[1];
    return tag !== undefined && isAbandoned(tag);
  });
  // Another user's are left to him.
  await Promise.all(abandoned.map((name) => rm(join(folder, name), { recursive: true, force: true }).catch(() => {})));
}

/** `sweepFolder` of each folder in `parent`, once a process: run folders lie side by side. Never rejects. */
export async function sweepRuns(parent: string): Promise<void> {
  if (swept.has(parent)) return;
  swept.add(parent);
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await sweepFolder(join(parent, entry.name));
}
