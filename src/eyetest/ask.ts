/** Asks a player several questions, and hands every answer on the moment it is there. */
import { type Answer, type Game, type Policy, playOf } from '../agent/index.js';
import { AgentError, type EnvSpec, type Frame } from '../core/index.js';
import type { Said } from './answer-line.js';

/** A question as a player is asked it. */
export interface Question {
  /** Tells it from all others. */
  readonly name: string;
  readonly game: Game;
  readonly env: EnvSpec;
  readonly frames: readonly Frame[];
}

export interface AskOptions<Q extends Question> {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Keeps an answer; the next one waits until it resolves. */
  readonly keep: (question: Q, answer: Answer) => Promise<void>;
}

/**
 * Resolves when all are answered. Rejects with what the first of them failed with, once no other is under way; what was
 * answered beside it was kept. Services are asked all questions side by side. A checkpoint is asked them together; one
 * after the other where it writes its answers, which it does by itself for each.
 */
export async function askEach<Q extends Question>(
  policy: Policy,
  questions: readonly Q[],
  options: AskOptions<Q>,
): Promise<void> {
  if (policy.isBatchInvariant) {
    let kept = Promise.resolve();
    const keep = (question: Q, answer: Answer): Promise<void> => {
      kept = kept.then(() => options.keep(question, answer));
      return kept;
    };
    const ends = await Promise.allSettled(questions.map((one) => askTogether(policy, [one], { ...options, keep })));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  } else if (questions.some(({ game }) => playOf(game).answers === 'written')) {
    for (const one of questions) await askTogether(policy, [one], options);
  } else {
    await askTogether(policy, questions, options);
  }
}

async function askTogether<Q extends Question>(
  policy: Policy,
  questions: readonly Q[],
  { seed, signal, keep }: AskOptions<Q>,
): Promise<void> {
  signal?.throwIfAborted();
  const answers = await actOn(policy, questions, seed, signal);
  const given = questions.map((question, i) => [question, answers[i] as Answer] as const);
  for (const [question, answer] of given) if (!isNone(answer)) await keep(question, answer);
  const none = given.find(([, answer]) => isNone(answer));
  if (none) throw failureOf(none[1]);
}

/** What is kept of an answer, whatever it says. */
export function saidBy(answer: Answer): Said {
  const { scores, reasoning, usage, service } = answer as Extract<Answer, { kind: 'text' }>;
  return {
    raw: answer.kind === 'text' || answer.kind === 'unusable' ? answer.raw : null,
    ...(scores ? { scores: [...scores] } : {}),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(usage === undefined ? {} : { usage: { ...usage } }),
    ...(service === undefined ? {} : { service: { ...service } }),
  };
}

async function actOn(policy: Policy, questions: readonly Question[], seed: number, signal: AbortSignal | undefined) {
  const episodes = questions.map(({ name }) => `eyetest ${name}`);
  try {
    await Promise.all(
      questions.map(({ game, env }, i) => policy.begin({ episode: episodes[i] as string, seed, env, game })),
    );
    const situations = questions.map(({ frames }, i) => ({
      ...{ episode: episodes[i] as string, step: 0, attempt: 0, frames, observation: frames.at(-1) as Frame },
    }));
    return await policy.act(situations, signal ? { signal } : {});
  } finally {
    await Promise.all(episodes.map((episode) => policy.end(episode)));
  }
}

const isNone = ({ kind }: Answer): boolean => kind === 'failure' || kind === 'stop';

function failureOf(answer: Answer): AgentError {
  if (answer.kind === 'failure') return answer.error;
  const reason = answer.kind === 'stop' ? answer.reason : 'it gave no answer';
  return new AgentError('policy_failure', `the player ended the test: ${reason}`);
}
