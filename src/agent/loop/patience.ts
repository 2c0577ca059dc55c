/** Errors of a policy that may be over in a moment, and how long to wait for that. */
import { isAgentError } from '../../core/index.js';

/** How often an error that may pass is waited out: `firstMs` at first, then twice as long each time. */
export interface Patience {
  readonly tries: number;
  readonly firstMs: number;
}

/** Half a minute in all: a service that restarts, or asks for fewer questions, is back by then. */
export const DEFAULT_PATIENCE: Patience = { tries: 5, firstMs: 1000 };

const BUSY_STATUS: ReadonlySet<unknown> = new Set([408, 425, 429, 500, 502, 503, 504, 529]);
const NETWORK_CODE = /^(ECONN\w+|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|UND_ERR_\w+)$/;
/** What clients write that throw plain errors; a number alone says too little. */
const BUSY_WORDS =
  /\b(http|status)( code| error)?[ :]*(408|425|429|500|502|503|504|529)\b|^fetch failed$|socket hang up/i;

/** Whether a policy's error lies in the service behind it: too late, too busy, not reached, an error of its own. */
export function isOutOfService(error: unknown): boolean {
  if (isAgentError(error, 'service') || isAgentError(error, 'connection')) return true;
  if (!(error instanceof Error)) return false;
  const { status, statusCode, code } = error as Error & Record<'status' | 'statusCode' | 'code', unknown>;
  if (error.name === 'TimeoutError' || BUSY_STATUS.has(status) || BUSY_STATUS.has(statusCode)) return true;
  if (typeof code === 'string' && NETWORK_CODE.test(code)) return true;
  return BUSY_WORDS.test(error.message) || isOutOfService(error.cause);
}

/** Milliseconds before the next question. @param waits how often it was waited before. */
export function waitOf({ firstMs }: Patience, waits: number): number {
  return firstMs * 2 ** waits;
}
