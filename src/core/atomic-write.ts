/** Files that are there whole or not at all. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownTag } from './process-identity.js';

let counter = 0;

/**
 * Writes `content` to `path` by a temporary file beside it, fsync and rename: after a crash at any moment the path
 * holds the old content or the new, never a part. Rejects with Node's own error (ENOSPC, EACCES, ENOENT of the folder).
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await writeFilesAtomic([{ path, content }]);
}

/**
 * Writes files that belong together: none gets its name before all are on the disk, so that a full disk leaves the old
 * ones as they were, or nothing. Rejects as `writeFileAtomic` does.
 */
export async function writeFilesAtomic(
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
): Promise<void> {
  const written = files.map((file) => ({ ...file, temporary: `${file.path}.${ownTag()}.${counter++}.tmp` }));
  try {
    for (const { temporary, content } of written) await writeNew(temporary, content);
    for (const { temporary, path } of written) await rename(temporary, path);
  } catch (error) {
    await Promise.all(written.map(({ temporary }) => rm(temporary, { force: true }).catch(() => {})));
    throw error;
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
}

async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself durable; not every platform lets a folder be opened, and there nothing is to be done. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(join(folder, '.'), 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Some file systems refuse to sync a folder; the file itself is synced.
  } finally {
    await handle?.close();
  }
}
