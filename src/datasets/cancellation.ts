/** Work that a signal ends between two pieces. */
import { AgentError } from '../core/index.js';

/** Throws `cancelled` once the signal was given. */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AgentError('cancelled', 'stopped before it was done', { cause: signal.reason });
}
