/** A request that brought no answer, and what is said of it where no other followed. */
import type { ServiceFailure } from '../../../agent/policy.js';
import { AgentError } from '../../../core/index.js';

/** Thrown and caught inside the client; its message is what the service said, with whatever it echoes. */
export class RequestFailure extends Error {
  readonly outcome: ServiceFailure;
  /** What the service asked to be waited for. */
  readonly retryAfterMs: number | undefined;
  /** Of HTTP; undefined where none came. */
  status: number | undefined;

  constructor(outcome: ServiceFailure, message: string, retryAfterMs?: number) {
    super(message);
    this.outcome = outcome;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error of an answer that never came. `got` is the last failure's message, without keys. */
export function noAnswer(failure: RequestFailure, got: string, where: string, requests: number): AgentError {
  const code = failure.outcome === 'denied' ? 'policy_failure' : 'service';
  const summary = `the service gave no answer: ${failure.outcome}${requests > 1 ? ` after ${requests} requests` : ''}`;
  return new AgentError(code, summary, { expected: 'an answer of the model', got, where, next: advice(failure) });
}

function advice({ outcome, status }: RequestFailure): string {
  if (outcome === 'denied' && (status === 401 || status === 403)) return 'see whether the key is right and may use it';
  return {
    'rate-limited': 'ask for less at once or a minute, or come back later',
    'server-error': 'see how the service is; play the episode again when it is well',
    timeout: 'see whether the service answers at all; a slow model needs a longer time limit',
    connection: 'see whether the service runs and its address is right',
    malformed: 'see whether the address is that of the API, and not of a web page or a proxy',
    denied: 'see what the service says, the name of the model and its address',
  }[outcome];
}
