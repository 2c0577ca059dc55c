/** A question to a service that may fail for a moment: asked again, as the loop of a game does with its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, DEFAULT_PATIENCE, waitOf } from '../agent/index.js';
import { AgentError } from '../core/index.js';

/** An answer that is no failure. */
export type Answered = Exclude<Answer, { kind: 'failure' }>;

/** Rejects with `policy_failure`, which no loop waits out, once patience is at its end. */
export async function askedPatiently(
  ask: () => Promise<readonly Answer[]>,
  signal: AbortSignal | undefined,
  patience = DEFAULT_PATIENCE,
): Promise<Answered> {
  for (let waits = 0; ; waits++) {
    const [answer] = await ask();
    if (answer?.kind !== 'failure') return answer as Answered;
    if (waits >= patience.tries || answer.isUnreached) {
      throw new AgentError('policy_failure', 'the service gave no answer to a question told otherwise', {
        got: answer.error.message,
        next: 'see that it runs; what is over stays in the table',
        cause: answer.error,
      });
    }
    await sleep(waitOf(patience, waits), undefined, signal ? { signal } : {});
  }
}
