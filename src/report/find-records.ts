/**
 * From the folders that a user names to the folders of records in them. A named folder is a record itself, or holds
 * records at some depth. Symbolic links inside a named folder are not followed, so nothing outside it is read.
 */

import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, inWords } from '../core/index.js';
import { EVALUATION_FILE, SET_ASIDE_FOLDER } from '../evaluation/index.js';
import { existingRunFolder, MANIFEST_FILE } from '../record/index.js';

/** Levels of folders below a named one. An evaluation has four; its episodes are found from two above it too. */
const MAX_DEPTH = 6;

/** What lies in the named folders: absolute paths, each once, in the order named and then by name. */
export interface FoundRecords {
  readonly folders: readonly string[];
  /** Folders of evaluations that were met on the way. */
  readonly evaluations: readonly string[];
  /** Folders that could not be looked into, with Node's reason. */
  readonly unreadable: readonly { readonly folder: string; readonly reason: string }[];
}

/** Rejects with `record` where a named folder is not there, or holds no record. */
export async function findRecords(runs: readonly string[]): Promise<FoundRecords> {
  const found = new Set<string>();
  const evaluations = new Set<string>();
  const unreadable: { folder: string; reason: string }[] = [];
  const met: Met = {
    evaluation: (folder) => evaluations.add(folder),
    unreadable: (folder, reason) => unreadable.push({ folder, reason }),
  };
  for (const run of runs) {
    const root = existingRunFolder(run);
    const before = found.size;
    let known = 0;
    for await (const folder of walk(root, 0, met)) {
      if (found.has(folder)) known += 1;
      found.add(folder);
    }
    if (found.size === before && known === 0) {
      throw new AgentError('record', 'there is no episode record in that folder', {
        expected: `a folder that holds ${MANIFEST_FILE}, or folders that do`,
        where: root,
        next: 'name run folders of `agent play` or `agent eval`, such as runs/RUN',
      });
    }
  }
  return { folders: [...found], evaluations: [...evaluations], unreadable };
}

/** What is met on the way to the records. */
interface Met {
  evaluation(folder: string): void;
  unreadable(folder: string, reason: string): void;
}

async function* walk(folder: string, depth: number, met: Met): AsyncGenerator<string> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    met.unreadable(folder, inWords(error));
    return;
  }
  // A manifest that is a link or a device still makes the folder a record: reading it then says what is wrong.
  if (entries.some(({ name }) => name === MANIFEST_FILE)) {
    yield folder;
    return;
  }
  const isEvaluation = entries.some((entry) => entry.name === EVALUATION_FILE && entry.isFile());
  if (isEvaluation) met.evaluation(folder);
  if (depth === MAX_DEPTH) return;
  // What an evaluation has set aside is no part of it; what it notes of that is told with its plan.
  const isLeftOut = (name: string): boolean => isEvaluation && name === SET_ASIDE_FOLDER;
  const folders = entries.filter((entry) => entry.isDirectory() && !isLeftOut(entry.name)).map(({ name }) => name);
  for (const name of folders.sort()) yield* walk(join(folder, name), depth + 1, met);
}
