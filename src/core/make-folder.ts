/** Makes folders with their parents. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './system-error.js';

/**
 * Makes `folder` and what of its parents is missing; one that is there already is left as it is. Rejects with Node's
 * error. Node's own `mkdir` with `recursive` never comes back from a file system in which nothing can be made, such as
 * /proc: each time it makes sure of the parent, and tries again.
 */
export async function makeFolder(folder: string): Promise<void> {
  if ((await tryToMake(folder)) === undefined) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  const missing = await tryToMake(folder);
  if (missing !== undefined) throw missing;
}

/** Undefined where the folder is there now, the error where its parent is missing. */
async function tryToMake(folder: string): Promise<unknown> {
  try {
    await mkdir(folder);
    return undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return error;
    const isThere = await stat(folder).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isThere) return undefined;
    throw error;
  }
}
