/**
 * From situations to actions to execute: asks, reads the answers, asks again where one cannot be used, and takes the
 * game's fallback where the retries are used up. A service that is out of reach is waited for, where its failure would
 * end the episode. Every turn of this is counted and recorded; there is no silent default.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type EnvSpec, sizeOf } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { parsePlan } from '../parser/parse-plan.js';
import { playOf } from '../play-settings/play-settings.js';
import type { Action, Policy, ServiceExtras, Situation } from '../policy.js';
import { countFailedRequests, countRejection } from './answer-counters.js';
import { type AskOptions, type AskResult, askPolicy, cancelled } from './ask-policy.js';
import type { AnswerCounters, Origin, RejectedAnswer, StepRecord } from './episode.js';
import { isOutOfService, type Patience, waitOf } from './patience.js';
import type { SpentCount } from './spent.js';

/** The part of a step record that is known before the step. */
export type Decision = Omit<
  StepRecord,
  'step' | 'reward' | 'terminated' | 'truncated' | 'observationHash' | 'info' | 'timings'
>;

export type Verdict =
  /** `planned`: what the same answer plans after it. `tookMs`: what the policy says that it took. */
  | {
      readonly kind: 'decided';
      readonly decision: Decision;
      readonly planned: readonly Action[];
      readonly tookMs?: number;
    }
  /** The policy ends the episode. */
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: AgentError };

/** A situation to decide on, and the counts of its episode. */
export interface Question {
  readonly situation: Omit<Situation, 'attempt'>;
  readonly counters: AnswerCounters;
  readonly spent: SpentCount;
}

interface Open extends Question {
  readonly index: number;
  readonly rejected: RejectedAnswer[];
  /** Of the last attempt, where it ended in one. */
  error: AgentError | null;
  /** How often a service was waited for. */
  waits: number;
  /** Of the last attempt: that service was never there. */
  isUnreached: boolean;
}

export interface DecideOptions extends AskOptions {
  /** For services that are out of reach; none by default. */
  readonly patience?: Patience;
}

/** One verdict for each question, in order. Rejects only with `cancelled`. */
export async function decide(
  policy: Policy,
  game: Game,
  spec: EnvSpec,
  questions: readonly Question[],
  { patience = NO_PATIENCE, ...options }: DecideOptions = {},
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(questions.length);
  let open: Open[] = questions.map((question, index) => ({ ...question, index, ...NOTHING_YET, rejected: [] }));
  while (open.length > 0) {
    const situations = open.map(({ situation, rejected }) => ({
      ...situation,
      attempt: rejected.length,
      ...refusedBy(rejected),
    }));
    const outcomes = await askPolicy(policy, situations, options);
    const again: Open[] = [];
    let waitMs = 0;
    open.forEach((question, i) => {
      const verdict = judge(outcomes[i] as AskResult, question, game, spec) ?? settle(question, game, patience);
      if (typeof verdict === 'number') {
        again.push(question);
        waitMs = Math.max(waitMs, verdict);
      } else {
        verdicts[question.index] = verdict;
      }
    });
    if (waitMs > 0) await wait(waitMs, options.signal);
    open = again;
  }
  return verdicts;
}

/** What the policy is told of the answer before. */
function refusedBy(rejected: readonly RejectedAnswer[]): Pick<Situation, 'refused'> {
  const last = rejected.at(-1);
  if (last === undefined || !('raw' in last)) return {};
  return { refused: { raw: last.raw, reason: last.reason, found: 'found' in last ? last.found : [] } };
}

const NO_PATIENCE: Patience = { tries: 0, firstMs: 0 };
const NOTHING_YET = { error: null, waits: 0, isUnreached: false } as const;

async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    throw signal?.aborted ? cancelled(signal) : error;
  });
}

/** The verdict that an outcome gives; undefined where it was rejected, with the reason now in `question.rejected`. */
function judge(outcome: AskResult, question: Open, game: Game, spec: EnvSpec): Verdict | undefined {
  question.error = null;
  question.isUnreached = false;
  if (outcome.kind !== 'answer') {
    question.error = outcome.error;
    reject(question, { reason: outcome.kind, error: outcome.error.toEnvelope() });
    return undefined;
  }
  const { answer } = outcome;
  if (answer.kind === 'stop') return answer;
  const costs = extrasOf(answer);
  question.spent.add(costs);
  countFailedRequests(question.counters, costs.service);
  if (answer.kind === 'failure') {
    question.error = answer.error;
    question.isUnreached = answer.isUnreached ?? false;
    reject(question, { reason: 'error', error: answer.error.toEnvelope(), ...costs });
    return undefined;
  }
  if (answer.kind === 'unusable') {
    reject(question, { reason: answer.outcome, raw: answer.raw, ...costs });
    return undefined;
  }
  const extras = {
    ...(answer.scores === undefined ? {} : { scores: answer.scores }),
    ...('samples' in answer && answer.samples !== undefined ? { samples: answer.samples } : {}),
    ...costs,
  };
  const attempts = question.rejected.length + 1;
  const common = { fallback: null, attempts, rejected: question.rejected, ...extras };
  if (answer.kind === 'action') {
    const verdict = executable(answer.action, spec, { ...common, raw: null, parse: null });
    if (verdict.kind !== 'decided') return verdict;
    if (answer.isHeld) return { ...verdict, decision: unasked('held', answer.action), tookMs: 0 };
    return answer.tookMs === undefined ? verdict : { ...verdict, tookMs: answer.tookMs };
  }
  const { parse, planned } = parsePlan(answer.raw, game.actions, game.sights, playOf(game).plan);
  if (parse.ok) {
    question.counters.parsed++;
    return executable(parse.action, spec, { ...common, raw: answer.raw, parse }, planned);
  }
  reject(question, { reason: parse.reason, raw: parse.raw, found: parse.found, ...costs });
  return undefined;
}

/** What an answer brought beside itself; nothing of what it left out. */
function extrasOf({ reasoning, usage, service }: ServiceExtras): ServiceExtras {
  return {
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(usage === undefined ? {} : { usage }),
    ...(service === undefined ? {} : { service }),
  };
}

function reject({ rejected, counters }: Open, answer: RejectedAnswer): void {
  rejected.push(answer);
  countRejection(counters, answer.reason);
}

/** What follows from a rejection: another attempt after so many milliseconds, the fallback, or the episode's end. */
function settle(question: Open, game: Game, patience: Patience): Verdict | number {
  const { retries, fallback, onError } = game.answers;
  const isFatal = question.error !== null && onError === 'fail';
  const mayPass = isOutOfService(question.error) && !question.isUnreached;
  const mayWait = isFatal && mayPass && question.waits < patience.tries;
  if (question.rejected.length - question.waits <= retries) {
    question.counters.retries++;
    return 0;
  }
  if (mayWait) {
    question.counters.retries++;
    question.waits++;
    return waitOf(patience, question.waits - 1);
  }
  const last = question.rejected.at(-1) as RejectedAnswer;
  if (isFatal && question.error) return { kind: 'failed', error: question.error };
  question.counters.fallbacks++;
  const parse =
    'found' in last ? ({ ok: false, reason: last.reason, raw: last.raw, found: last.found } as const) : null;
  const decision: Decision = {
    raw: 'raw' in last ? last.raw : null,
    parse,
    answered: null,
    executed: fallback,
    fallback: last.reason,
    attempts: question.rejected.length,
    rejected: question.rejected,
  };
  return { kind: 'decided', decision, planned: [] };
}

/** A step that nobody decided on at that moment. */
export function unasked(origin: Origin, executed: Action): Decision {
  const nothing = { raw: null, parse: null, answered: null, fallback: null, attempts: 0, rejected: [] };
  return { ...nothing, executed, origin };
}

type Answered = Omit<Decision, 'answered' | 'executed'>;

/**
 * A policy that answers with actions rather than text knows the action space: one that is not in it is an error of the
 * policy, and ends the episode, whereas text may be wrong and is asked for again.
 */
function executable(
  action: Action,
  { actionSpace, id }: EnvSpec,
  answered: Answered,
  planned: readonly Action[] = [],
): Verdict {
  const isLegal =
    actionSpace.kind === 'discrete'
      ? typeof action === 'number' && Number.isInteger(action) && action >= 0 && action < actionSpace.count
      : Array.isArray(action) && action.length === sizeOf(actionSpace.shape) && action.every(Number.isFinite);
  if (isLegal) return { kind: 'decided', decision: { ...answered, answered: action, executed: action }, planned };
  const expected =
    actionSpace.kind === 'discrete'
      ? `a whole number from 0 to ${actionSpace.count - 1}`
      : `${sizeOf(actionSpace.shape)} finite numbers`;
  const error = new AgentError(
    'policy_failure',
    'the policy answered with an action that the environment does not have',
    {
      expected,
      got: JSON.stringify(action),
      where: id,
      next: 'check that the policy is made for this environment and its action space',
    },
  );
  return { kind: 'failed', error };
}
