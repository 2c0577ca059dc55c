/** Failed file operations on a record. */
import { AgentError, inWords, isAgentError, systemAdvice } from '../core/index.js';

/** A failed file operation as a `record` error that names the path and what to do. An `AgentError` stays as it is. */
export function recordIoError(summary: string, path: string, error: unknown): AgentError {
  if (isAgentError(error)) return error;
  return new AgentError('record', summary, {
    got: inWords(error),
    where: path,
    next: systemAdvice(error) ?? 'check the disk and the path',
    cause: error,
  });
}
