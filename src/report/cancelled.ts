/** Being asked to stop, as the error that the command line knows. */
import { AgentError } from '../core/index.js';

/** Throws `cancelled` once `signal` is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AgentError('cancelled', 'the report was cancelled', { next: 'start it again', cause: signal.reason });
}
