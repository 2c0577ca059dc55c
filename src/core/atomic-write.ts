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
  const temporary = `${path}.${ownTag()}.${counter++}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
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
