/** Folders that are there whole or not at all: filled under another name, then moved. */
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AgentError, makeFolder } from '../../core/index.js';

/**
 * Fills a new folder and resolves to its path. What `fill` throws leaves nothing behind.
 * Rejects with `usage` where the folder holds something already.
 */
export async function makeWholeFolder(out: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = resolve(out);
  await requireEmpty(folder);
  const partial = join(dirname(folder), `.${basename(folder)}.partial`);
  await rm(partial, { recursive: true, force: true });
  try {
    await makeFolder(partial);
    await fill(partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return folder;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Writes a file of such a folder, and the folders above it. */
export async function writeInto(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, name);
  await makeFolder(dirname(path));
  await writeFile(path, content);
}

export const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

async function requireEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length === 0) return;
  throw new AgentError('usage', 'the folder to be written is not empty', {
    expected: 'a new or empty folder',
    got: entries.slice(0, 5).join(', '),
    where: folder,
  });
}
