/** Waiting that can be cut short: by a signal, by a deadline. Leaves no timer and no listener behind. */
import { AgentError } from '../core/index.js';

export interface Patience {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** What is waited for, for the error message. */
  readonly what: string;
}

/** `promise`, or a rejection with `cancelled` or `emulator_timeout`, whichever comes first. */
export function awaitWith<T>(promise: Promise<T>, { signal, timeoutMs, what }: Patience): Promise<T> {
  if (signal === undefined && timeoutMs === undefined) return promise;
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
    const cancel = () => {
      finish();
      reject(cancelledError(what, signal));
    };
    const expire = () => {
      finish();
      reject(new AgentError('emulator_timeout', `no sign of ${what} in ${timeoutMs} ms`));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    // Attached in any case: a promise that nobody waits for any more may still reject.
    promise.then(resolve, reject).finally(finish);
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}

export function cancelledError(what: string, signal: AbortSignal | undefined): AgentError {
  return new AgentError('cancelled', `waiting for ${what} was cancelled`, { cause: signal?.reason });
}
