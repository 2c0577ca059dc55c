/** Asks a player several questions at once, and reads its answers. */
import { type Answer, type ParseFailure, type Policy, parseAction, type UnusableAnswer } from '../agent/index.js';
import { AgentError, type Frame } from '../core/index.js';
import type { AnswerLine } from './answer-line.js';
import { questionGame, questionSpec } from './question-game.js';
import type { Planned } from './test-run.js';

/** In the order of the questions: a line each, or the error of one that has no answer. */
export async function ask(
  policy: Policy,
  planned: readonly Planned[],
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<(AnswerLine | AgentError)[]> {
  const games = planned.map(gameOf);
  const episodes = planned.map(({ test, trial }) => `eyetest ${test} ${trial}`);
  try {
    await Promise.all(games.map((game, i) => begin(policy, episodes[i] as string, game, seed)));
    const situations = planned.map(({ frames }, i) => ({
      ...{ episode: episodes[i] as string, step: 0, attempt: 0, frames, observation: frames.at(-1) as Frame },
    }));
    const answers = await policy.act(situations, signal ? { signal } : {});
    return planned.map((question, i) => lineOf(question, answers[i] as Answer, games[i] as Asked));
  } finally {
    await Promise.all(episodes.map((episode) => policy.end(episode)));
  }
}

type Asked = ReturnType<typeof gameOf>;

function gameOf({ words, choices, frames }: Planned) {
  const question = { wording: words, choices, frames: frames.length, side: (frames[0] as Frame).shape[0] as number };
  return { game: questionGame(question), env: questionSpec(question) };
}

function begin(policy: Policy, episode: string, { game, env }: Asked, seed: number) {
  return policy.begin({ episode, seed, env, game });
}

function lineOf(planned: Planned, answer: Answer, { game }: Asked): AnswerLine | AgentError {
  const { words: _words, frames: _frames, ...line } = planned;
  if (answer.kind === 'failure') return answer.error;
  if (answer.kind === 'stop') return new AgentError('policy_failure', `the player ended the test: ${answer.reason}`);
  if (answer.kind === 'action') {
    return { ...line, chosen: answer.action as number, unusable: null, raw: null, ...scoresOf(answer) };
  }
  const extras = {
    ...scoresOf(answer.kind === 'text' ? answer : {}),
    ...(answer.reasoning === undefined ? {} : { reasoning: answer.reasoning }),
    ...(answer.usage === undefined ? {} : { usage: { ...answer.usage } }),
    ...(answer.service === undefined ? {} : { service: { ...answer.service } }),
  };
  if (answer.kind === 'unusable') return { ...line, ...unusable(answer.outcome), raw: answer.raw, ...extras };
  const parse = parseAction(answer.raw, game.actions);
  const read = parse.ok ? { chosen: parse.action as number, unusable: null } : unusable(parse.reason);
  return { ...line, ...read, raw: answer.raw, ...extras };
}

const unusable = (reason: ParseFailure | UnusableAnswer) => ({ chosen: null, unusable: reason });

const scoresOf = ({ scores }: { readonly scores?: readonly number[] }) => (scores ? { scores: [...scores] } : {});
