/** Where something is about to be written: looked at before anything is made, so that nothing of the user's is lost. */
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { AgentError } from './errors.js';
import { inWords, systemAdvice, systemCode } from './system-error.js';

export interface OutputFileRules {
  /** What the name may end in, such as `.mp4`; the first is suggested. */
  readonly endings: readonly string[];
  /** Whether a file that is there may be replaced. */
  readonly overwrite?: boolean;
  /** The option that names the file, for messages. */
  readonly where: string;
}

export interface OutputFolderRules {
  /**
   * A name that only a folder of the kind has: such a one may be gone on with. Left out: new or empty folders alone.
   */
  readonly holds?: RegExp;
  /** What such a folder is, such as `a report`. */
  readonly kind?: string;
  readonly where: string;
}

/** What is written has a longer name before it is whole: a dot before it, and the process's tag behind it. */
const SPARE = 'x'.repeat(40);

/** Rejects with `usage` where `path` has a wrong ending, is there already, or lies where nothing can be written. */
export async function requireOutputFile(path: string, { endings, overwrite, where }: OutputFileRules): Promise<void> {
  const target = resolve(path);
  if (!endings.includes(extname(target).toLowerCase())) {
    throw refusal('this kind of file is not written', `a name that ends in ${endings.join(' or ')}`, path, where);
  }
  const found = await kindOf(target, where);
  if (found === 'folder') throw refusal('a folder has that name', 'the name of a file', path, where);
  if (found === 'file' && overwrite !== true) {
    const next = 'name another file, or pass --overwrite to replace it';
    throw refusal('the file is there already', 'a file that is not there', path, where, next);
  }
  const folder = dirname(target);
  if ((await kindOf(folder, where)) !== 'folder') throw refusal('the folder does not exist', 'a folder', folder, where);
  await kindOf(target + SPARE, where);
  await requireWritable(folder, where);
}

/** Rejects with `usage` where `path` is no folder, holds something else than what belongs there, or cannot be made. */
export async function requireOutputFolder(path: string, { holds, kind, where }: OutputFolderRules): Promise<void> {
  const target = resolve(path);
  const expected = kind === undefined ? 'a new or empty folder' : `a new or empty folder, or ${kind}`;
  const found = await kindOf(target, where);
  if (found === 'nothing') return requireRoom(target, where);
  if (found === 'file') throw refusal('a file has that name', expected, path, where);
  const names = await readdir(target);
  if (names.length > 0 && !names.some((name) => holds?.test(name))) {
    const next = 'name another folder; nothing was changed';
    throw refusal('the folder is not empty', expected, path, where, next);
  }
  await requireWritable(target, where);
}

/** Rejects with `usage` where a name is too long for the file system, which says so before it looks for it. */
async function kindOf(path: string, where: string): Promise<'nothing' | 'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (systemCode(error) !== 'ENAMETOOLONG') return 'nothing';
    const given = path.endsWith(SPARE) ? path.slice(0, -SPARE.length) : path;
    const longest = Math.max(...given.split(sep).map((name) => Buffer.byteLength(name)));
    const got = `${longest} bytes, in a path of ${Buffer.byteLength(given)}`;
    throw refusal('the name is too long', 'a name that the file system takes', got, where, systemAdvice(error));
  }
}

/** That folders can be made from the nearest one that is there down to `target`. */
async function requireRoom(target: string, where: string): Promise<void> {
  const missing: string[] = [];
  let nearest = target;
  for (; (await kindOf(nearest, where)) === 'nothing'; nearest = dirname(nearest)) missing.push(basename(nearest));
  if ((await kindOf(nearest, where)) === 'file') throw refusal('a file stands in the way', 'a folder', nearest, where);
  // Of a name in a folder that is not there yet the file system says nothing: there it may be of any length.
  for (const name of missing) await kindOf(join(nearest, name) + SPARE, where);
  await requireWritable(nearest, where);
}

/** Tries it: a superuser may write anywhere by the permissions, and yet nothing can be made in /proc. */
async function requireWritable(folder: string, where: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    await rmdir(await mkdtemp(join(folder, '.agent-')));
  } catch (error) {
    // It is there, and yet nothing can be made in it: what a file system of the kernel says.
    const isOdd = systemCode(error) === 'ENOENT';
    const got = `${folder}: ${isOdd ? 'a file system in which nothing can be made' : inWords(error)}`;
    const next = isOdd ? 'name a folder elsewhere' : systemAdvice(error);
    throw refusal('nothing can be written there', 'a folder that you may write to', got, where, next);
  }
}

function refusal(summary: string, expected: string, got: string, where: string, next?: string): AgentError {
  return new AgentError('usage', summary, { expected, got, where, ...(next === undefined ? {} : { next }) });
}
