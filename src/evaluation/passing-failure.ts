/** Failures that lie in the circumstances rather than in the game or the policy: trying again may well go well. */
import type { ErrorCode, ErrorEnvelope } from '../core/index.js';

/** Processes that ended, machines that were not reached, services that had no answer, devices without memory. */
const CIRCUMSTANCES: ReadonlySet<string> = new Set<ErrorCode>([
  'emulator_died',
  'emulator_timeout',
  'connection',
  'service',
  'setup',
  'runtime',
]);

/**
 * The system's word for a full disk, too many open files, no memory and the like, as Node puts it before its message.
 */
const SYSTEM_CALL = /^E[A-Z0-9]{2,}: /;

/**
 * Whether a failed episode is worth playing again as it is: the disk was full, memory ran out, an emulator or a service
 * was gone. An error of the policy or of the environment itself would only come again.
 */
export function isPassing({ code, got = '', message }: ErrorEnvelope): boolean {
  if (CIRCUMSTANCES.has(code)) return true;
  return (code === 'record' || code === 'internal') && (SYSTEM_CALL.test(got) || SYSTEM_CALL.test(message));
}
