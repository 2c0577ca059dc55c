/** What to do about a failed file operation, in words. */
import { AgentError, isAgentError } from '../core/index.js';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on that disk, or name a folder on another one with --out',
  EDQUOT: 'the disk quota is used up: free space, or name a folder elsewhere with --out',
  EFBIG: 'the process may not write files of this size: raise the limit (ulimit -f)',
  EROFS: 'that file system is read-only: name a folder elsewhere with --out',
  EACCES: 'change its permissions, or name a folder that you may write with --out',
  EPERM: 'change its permissions, or name a folder that you may write with --out',
  ENOTDIR: 'a part of that path is a file: name a folder with --out',
  ENOENT: 'it is not there, or was moved or deleted meanwhile: check the path',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  EIO: 'the disk reported an error: check its health',
};

/** Node's code of a failed system call, such as `ENOSPC`; undefined of any other error. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A failed file operation as a `record` error that names the path and what to do. An `AgentError` stays as it is. */
export function recordIoError(summary: string, path: string, error: unknown): AgentError {
  if (isAgentError(error)) return error;
  return new AgentError('record', summary, {
    got: error instanceof Error ? error.message : String(error),
    where: path,
    next: ADVICE[systemCode(error) ?? ''] ?? 'check the disk and the path',
    cause: error,
  });
}
