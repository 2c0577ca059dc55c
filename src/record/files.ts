/**
 * Opens the files of a record. A record may come from anywhere, so nothing in it is followed out of its folder: only
 * regular files of the two known names are opened, no links, no devices, no pipes that would never answer.
 */
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentError, systemCode } from '../core/index.js';
import { recordIoError } from './io-errors.js';

/** Rejects with `record`. Without O_NONBLOCK opening a named pipe would wait for a writer. */
export async function openRecordFile(folder: string, name: string): Promise<FileHandle> {
  const path = join(folder, name);
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw explainOpen(path, error);
  }
  const isFile = await file.stat().then((stats) => stats.isFile());
  if (isFile) return file;
  await file.close();
  throw notAFile(path, 'something else');
}

function explainOpen(path: string, error: unknown): AgentError {
  const code = systemCode(error);
  if (code === 'ELOOP' || code === 'EMLINK') return notAFile(path, 'a symbolic link');
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AgentError('record', 'this is no episode record: a file is missing', {
      expected: 'a folder that `agent play` wrote, with manifest.json and steps.jsonl',
      where: path,
      next: nextFor(dirname(path)),
      cause: error,
    });
  }
  return recordIoError('the record cannot be read', path, error);
}

/**
 * Other commands leave folders of episodes, and take those folders; one that wants an episode is told where they are.
 */
function nextFor(folder: string): string {
  if (existsSync(join(folder, 'evaluation.json')))
    return 'this is an evaluation: name an episode of it, below episodes/';
  if (existsSync(join(folder, 'comparison.json')))
    return 'this is a comparison: name an episode of it, such as 1-expert';
  return 'name a folder under runs/';
}

function notAFile(path: string, got: string): AgentError {
  return new AgentError('record', 'a file of the record is no regular file', {
    expected: 'a regular file: links and devices in a record are not followed',
    got,
    where: path,
    next: 'copy the record with its contents (cp -L) if you trust it',
  });
}
