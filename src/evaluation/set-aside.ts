/**
 * Where episodes go that an evaluation cannot count: beside the others, as they are. They may be evidence of what went
 * wrong, and nothing of a user's is deleted or written over.
 */
import { lstat, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { makeFolder } from '../core/index.js';

/** In the evaluation's folder. Whoever looks for records passes it by. */
export const SET_ASIDE_FOLDER = 'set-aside';

/**
 * Moves what lies at `path` in an evaluation to the same place under its `set-aside/`; a second one gets `-2`, and so
 * on. A link is moved, not what it points to. Resolves to the new place, seen from the evaluation's folder.
 */
export async function moveAside(evaluation: string, path: string): Promise<string> {
  const place = join(evaluation, SET_ASIDE_FOLDER, relative(evaluation, path));
  await makeFolder(dirname(place));
  for (let attempt = 1; ; attempt++) {
    const free = attempt === 1 ? place : `${place}-${attempt}`;
    if (await isTaken(free)) continue;
    await rename(path, free);
    return relative(evaluation, free);
  }
}

async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
