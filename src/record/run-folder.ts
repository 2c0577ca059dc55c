/** Where a record lies: names that sort by time and are never taken twice. */
import { realpathSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AgentError, inWords, makeFolder, sweepRuns, systemCode } from '../core/index.js';
import { recordIoError } from './io-errors.js';

/** What a run folder is named after. */
export interface RunName {
  readonly started: Date;
  readonly game: string;
  readonly policy: string;
  readonly seed: number;
}

/** Such as `20261123T073312Z-carracing-constant-gas-seed7`. */
export function runName({ started, game, policy, seed }: RunName): string {
  const time = started.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${slug(game)}-${slug(policy)}-seed${seed}`;
}

/** Longer names of models keep their end, where the checkpoint is named. */
const SLUG_LENGTH = 48;

function slug(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9.]+/g, '-').replace(/\.{2,}/g, '.');
  return plain.slice(-SLUG_LENGTH).replace(/^[-.]+|[-.]+$/g, '') || 'unnamed';
}

/**
 * Makes a new folder under `runs`, after what killed processes left in the others is gone; where the name is taken
 * (same second, or another process), `-2`, `-3`, … is added. Resolves to its absolute path. Rejects with `record`.
 */
export async function createRunFolder(runs: string, name: RunName): Promise<string> {
  const first = join(resolve(runs), runName(name));
  try {
    await makeFolder(resolve(runs));
    await sweepRuns(resolve(runs));
    for (let attempt = 1; ; attempt++) {
      const folder = attempt === 1 ? first : `${first}-${attempt}`;
      if (await makeNew(folder)) return folder;
    }
  } catch (error) {
    throw recordIoError('the folder for the record cannot be made', first, error);
  }
}

/**
 * Makes the very folder that the user named (`--out DIR`); an existing one must be empty. Resolves to its absolute
 * path. Rejects with `record`.
 */
export async function claimRunFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    await sweepRuns(dirname(path));
    await makeFolder(path);
    if ((await readdir(path)).length === 0) return path;
  } catch (error) {
    throw recordIoError('the folder for the record cannot be used', path, error);
  }
  throw new AgentError('record', 'the folder for the record is not empty', {
    expected: 'a new or empty folder: records are never written over',
    where: path,
    next: 'name another folder with --out',
  });
}

/** False where something of that name is there already. `mkdir` is the one test that two processes cannot both pass. */
async function makeNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The absolute path, without links, of a folder that the user named to be read. Throws `record` where it is none. */
export function existingRunFolder(run: string): string {
  try {
    const path = realpathSync(run);
    if (statSync(path).isDirectory()) return path;
  } catch (error) {
    throw new AgentError('record', 'the run folder cannot be read', {
      got: inWords(error),
      where: run,
      next: 'check the path; runs are folders under runs/',
      cause: error,
    });
  }
  throw new AgentError('record', 'this is no run folder', {
    expected: 'a folder',
    got: 'a file',
    where: run,
    next: 'name the folder that holds it',
  });
}
