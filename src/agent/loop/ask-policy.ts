/**
 * Asks a policy about a batch of situations and makes each outcome its own: an answer, an error or a timeout. Nothing
 * here decides what follows from them.
 */
import { AgentError, isAgentError } from '../../core/index.js';
import type { Answer, Policy, Situation } from '../policy.js';
import { isOutOfService } from './patience.js';

export type AskResult =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error' | 'timeout'; readonly error: AgentError };

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds after which an answer comes too late; none by default. */
  readonly timeoutMs?: number;
}

/**
 * One outcome for each situation, in order. Where a batch fails as a whole, its situations are asked one by one: one
 * that a policy cannot take must not cost the other episodes their answers. Rejects only with `cancelled`.
 */
export async function askPolicy(
  policy: Policy,
  situations: readonly Situation[],
  options: AskOptions,
): Promise<AskResult[]> {
  try {
    const answers = await actInTime(policy, situations, options);
    return answers.map((answer) => ({ kind: 'answer', answer }));
  } catch (error) {
    if (options.signal?.aborted) throw cancelled(options.signal);
    const failure = asPolicyError(error, policy);
    if (situations.length > 1 && failure.kind === 'error') {
      const outcomes: AskResult[] = [];
      for (const situation of situations) outcomes.push(...(await askPolicy(policy, [situation], options)));
      return outcomes;
    }
    return situations.map(() => failure);
  }
}

/**
 * Runs `act` until it answers, the time is over or the caller cancels; a policy that does not heed its signal is left
 * to itself, and its late answer goes nowhere.
 */
async function actInTime(
  policy: Policy,
  situations: readonly Situation[],
  options: AskOptions,
): Promise<readonly Answer[]> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  const cancel = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => controller.abort(tooLate(timeoutMs)), timeoutMs);
  try {
    const answers = await Promise.race([policy.act(situations, { signal: controller.signal }), interrupted]);
    return checkAnswers(answers, situations.length);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

function checkAnswers(answers: readonly Answer[], count: number): readonly Answer[] {
  const isWhole = Array.isArray(answers) && answers.length === count;
  if (isWhole && answers.every(isAnswer)) return answers;
  throw new AgentError('policy_failure', 'the policy did not answer every situation', {
    expected: `${count} answers of kind action, text or stop`,
    got: isWhole ? 'an answer of no such kind' : `${Array.isArray(answers) ? answers.length : typeof answers}`,
    next: 'this is an error in the policy, not in its answers',
  });
}

function isAnswer(answer: Answer | undefined): boolean {
  switch (answer?.kind) {
    case 'action':
      return typeof answer.action === 'number' || Array.isArray(answer.action);
    case 'text':
    case 'unusable':
      return typeof answer.raw === 'string';
    case 'failure':
      return isAgentError(answer.error);
    case 'stop':
      return true;
    default:
      return false;
  }
}

function tooLate(timeoutMs: number): DOMException {
  return new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError');
}

function asPolicyError(
  error: unknown,
  policy: Policy,
): { readonly kind: 'error' | 'timeout'; readonly error: AgentError } {
  const kind = isTimeout(error) ? 'timeout' : 'error';
  const code = isOutOfService(error) ? 'service' : 'policy_failure';
  // A policy that wrapped its client's error as its own failure: what is told stays, what can be waited for is named.
  if (isAgentError(error)) {
    const isKnown = error.code === code || error.code !== 'policy_failure';
    return { kind, error: isKnown ? error : new AgentError(code, error.summary, error.details) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const summary = kind === 'timeout' ? 'the policy did not answer in time' : 'the policy failed';
  return { kind, error: new AgentError(code, summary, { got: message, where: policy.id, cause: error }) };
}

/** Timeouts go by the name that the platform gives them, also where a policy wrapped one. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || isTimeout(error.cause);
}

/** The error of an episode that the caller ended. */
export function cancelled(signal: AbortSignal): AgentError {
  const { reason } = signal;
  return isAgentError(reason) ? reason : new AgentError('cancelled', 'the episode was cancelled', { cause: reason });
}
