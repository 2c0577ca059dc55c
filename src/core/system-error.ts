/** Failed system calls in words: what a person can do about a full disk, a missing folder, a limit. */
import { AgentError } from './errors.js';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on that disk, or name a folder on another one',
  EDQUOT: 'the disk quota is used up: free space, or name a folder elsewhere',
  EFBIG: 'the process may not write files of this size: raise the limit (ulimit -f)',
  EROFS: 'that file system is read-only: name a folder elsewhere',
  EACCES: 'change its permissions, or name a folder that you may write',
  EPERM: 'change its permissions, or name a folder that you may write',
  ENOTDIR: 'a part of that path is a file: name a folder',
  EISDIR: 'a folder is there where a file belongs: move it away, or name another path',
  ENOENT: 'it is not there, or was moved or deleted meanwhile: check the path',
  EEXIST: 'something of that name is there already: move it away, or name another path',
  ENOTEMPTY: 'that folder is not empty: move it away, or name another path',
  ENAMETOOLONG: 'name a shorter path',
  ELOOP: 'that path is a link that leads to itself: check it',
  EMFILE: 'too many files are open: raise the limit (ulimit -n 1024)',
  ENFILE: 'too many files are open on this machine: end other programs',
  EIO: 'the disk reported an error: check its health',
};
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of that path is a file, no folder',
  EISDIR: 'a folder, no file',
  EEXIST: 'something of that name is there already',
  ENOTEMPTY: 'a folder that is not empty',
  EACCES: 'it may not be read or written by this user',
  EPERM: 'that is not permitted there',
  EROFS: 'a file system that is read-only',
  ELOOP: 'a link that leads to itself',
};
const GONE = 'the folder in which the command runs is not there any more';

/** Node's code of a failed system call, such as `ENOSPC`; undefined of any other error. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ERR_FS_EISDIR') return 'EISDIR'; // of `rm`, which has a name of its own for it
  return typeof code === 'string' ? code : undefined;
}

/**
 * What came, for a message: a failed system call without Node's code and name of it, any other error's own message.
 * What stands after `where:` names the path.
 */
export function inWords(error: unknown): string {
  const isSystemCall = (error as NodeJS.ErrnoException | null)?.syscall !== undefined;
  const known = isSystemCall ? WORDS[systemCode(error) ?? ''] : undefined;
  return known ?? (error instanceof Error ? error.message : String(error));
}

/** What to do about a failed system call; undefined of an error that is none, or that nobody can do anything about. */
export function systemAdvice(error: unknown): string | undefined {
  return ADVICE[systemCode(error) ?? ''];
}

/** A failed system call that met nobody who knew more about it, as a `file` error; undefined of any other error. */
export function asSystemError(error: unknown): AgentError | undefined {
  const next = systemAdvice(error);
  if (next === undefined || !(error instanceof Error)) return undefined;
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd')
    return new AgentError('file', GONE, { next: 'cd into a folder that is there', cause: error });
  return new AgentError('file', 'a file or folder cannot be used', {
    got: inWords(error),
    ...(path === undefined ? {} : { where: path }),
    next,
    cause: error,
  });
}
