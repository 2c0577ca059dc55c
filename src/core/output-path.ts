/** Where something is about to be written: looked at before anything is made, so that nothing of the user's is lost. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { AgentError } from './errors.js';

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

/** Rejects with `usage` where `path` has a wrong ending, is there already, or lies where nothing can be written. */
export async function requireOutputFile(path: string, { endings, overwrite, where }: OutputFileRules): Promise<void> {
  const target = resolve(path);
  if (!endings.includes(extname(target).toLowerCase())) {
    throw refusal('this kind of file is not written', `a name that ends in ${endings.join(' or ')}`, path, where);
  }
  const found = await kindOf(target);
  if (found === 'folder') throw refusal('a folder has that name', 'the name of a file', path, where);
  if (found === 'file' && overwrite !== true) {
    const next = 'name another file, or pass --overwrite to replace it';
    throw refusal('the file is there already', 'a file that is not there', path, where, next);
  }
  const folder = dirname(target);
  if ((await kindOf(folder)) !== 'folder') throw refusal('the folder does not exist', 'a folder', folder, where);
  await requireWritable(folder, where);
}

/** Rejects with `usage` where `path` is no folder, holds something else than what belongs there, or cannot be made. */
export async function requireOutputFolder(path: string, { holds, kind, where }: OutputFolderRules): Promise<void> {
  const target = resolve(path);
  const expected = kind === undefined ? 'a new or empty folder' : `a new or empty folder, or ${kind}`;
  const found = await kindOf(target);
  if (found === 'nothing') return requireWritable(await nearestFolder(dirname(target), where), where);
  if (found === 'file') throw refusal('a file has that name', expected, path, where);
  const names = await readdir(target);
  if (names.length > 0 && !names.some((name) => holds?.test(name))) {
    const next = 'name another folder; nothing was changed';
    throw refusal('the folder is not empty', expected, path, where, next);
  }
  await requireWritable(target, where);
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'folder'> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'nothing';
  return found.isDirectory() ? 'folder' : 'file';
}

/** The folder in which the missing ones would be made. */
async function nearestFolder(path: string, where: string): Promise<string> {
  const found = await kindOf(path);
  if (found === 'folder') return path;
  if (found === 'file') throw refusal('a file stands in the way', 'a folder', path, where);
  return nearestFolder(dirname(path), where);
}

async function requireWritable(folder: string, where: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw refusal('nothing can be written there', 'a folder that you may write to', folder, where);
  }
}

function refusal(summary: string, expected: string, got: string, where: string, next?: string): AgentError {
  return new AgentError('usage', summary, { expected, got, where, ...(next === undefined ? {} : { next }) });
}
