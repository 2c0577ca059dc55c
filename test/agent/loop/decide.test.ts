import { describe, expect, it } from 'vitest';
import type { Game, Policy } from '../../../src/agent/index.js';
import { newCounters, SpentCount } from '../../../src/agent/index.js';
import { decide } from '../../../src/agent/loop/decide.js';
import { AgentError, type EnvSpec } from '../../../src/core/index.js';
import { fakeSpec, frame } from '../support/fake-environment.js';
import { fakePolicy, type Reply } from '../support/fake-policy.js';
import { withAnswers } from '../support/games.js';

const question = (episode = 'a') => ({
  situation: { episode, step: 0, frames: [frame(1)], observation: frame(1) },
  counters: newCounters(),
  spent: new SpentCount(),
});

/** The verdict on one question, answered by the replies in turn, with the counters and the policy. */
async function verdictOf(
  replies: readonly Reply[],
  game: Game = withAnswers({ retries: 1 }),
  spec: EnvSpec = fakeSpec(),
) {
  const policy = fakePolicy(({ attempt }) => replies[attempt] ?? new Error('asked too often'));
  const asked = question();
  const [verdict] = await decide(policy, game, spec, [asked]);
  return { verdict, counters: asked.counters, policy };
}

describe('a usable answer', () => {
  it('is executed as it is', async () => {
    const { verdict, counters } = await verdictOf(['Action: gas']);
    expect(verdict).toEqual({
      kind: 'decided',
      planned: [],
      decision: {
        raw: 'Action: gas',
        parse: { ok: true, action: 3, form: 'marker' },
        answered: 3,
        executed: 3,
        fallback: null,
        attempts: 1,
        rejected: [],
      },
    });
    expect(counters).toEqual({ ...newCounters(), parsed: 1 });
  });

  it('may be an action, with scores and usage', async () => {
    const answer = { kind: 'action', action: 2, scores: [0, 0, 1, 0, 0], usage: { promptTokens: 9 } } as const;
    const { verdict, counters } = await verdictOf([answer]);
    expect(verdict).toMatchObject({
      decision: { raw: null, parse: null, answered: 2, executed: 2, scores: answer.scores, usage: answer.usage },
    });
    expect(counters).toEqual(newCounters());
  });

  it('may come at the second attempt', async () => {
    const { verdict, counters, policy } = await verdictOf(['hm', 'left']);
    expect(verdict).toMatchObject({
      decision: {
        raw: 'left',
        executed: 2,
        fallback: null,
        attempts: 2,
        rejected: [{ reason: 'no-match', raw: 'hm' }],
      },
    });
    expect(counters).toEqual({ ...newCounters(), parsed: 1, noMatch: 1, retries: 1 });
    expect(policy.calls.map(([situation]) => situation?.attempt)).toEqual([0, 1]);
  });

  it('may end the episode', async () => {
    const { verdict } = await verdictOf([{ kind: 'stop', reason: 'enough' }]);
    expect(verdict).toEqual({ kind: 'stop', reason: 'enough' });
  });
});

describe('an answer that cannot be used', () => {
  it.each([
    ['empty', ' '],
    ['noMatch', 'the road is gray'],
    ['illegal', '{"action": "jump"}'],
    ['ambiguous', 'left or right'],
  ] as const)('is counted as %s, and leads to the fallback when the retries are used up', async (counter, raw) => {
    const { verdict, counters } = await verdictOf([raw, raw], withAnswers({ retries: 1, fallback: 4 }));
    expect(verdict).toMatchObject({
      kind: 'decided',
      decision: { raw, parse: { ok: false, raw }, answered: null, executed: 4, attempts: 2 },
    });
    const decision = verdict?.kind === 'decided' ? verdict.decision : undefined;
    expect(decision?.rejected).toHaveLength(2);
    expect(decision?.fallback).toBe(decision?.rejected[1]?.reason);
    expect(counters).toEqual({ ...newCounters(), [counter]: 2, retries: 1, fallbacks: 1 });
  });

  it('is asked for as often as the game says', async () => {
    const { counters, policy } = await verdictOf(['', 'jump', 'left or gas', '9'], withAnswers({ retries: 3 }));
    expect(policy.calls).toHaveLength(4);
    expect(counters).toEqual({
      ...newCounters(),
      empty: 1,
      noMatch: 1,
      ambiguous: 1,
      illegal: 1,
      retries: 3,
      fallbacks: 1,
    });
  });

  it('is not asked for again where the game has no retries', async () => {
    const { verdict, policy } = await verdictOf([''], withAnswers({ retries: 0 }));
    expect(policy.calls).toHaveLength(1);
    expect(verdict).toMatchObject({ decision: { fallback: 'empty', attempts: 1 } });
  });
});

describe('a policy that throws', () => {
  it('fails the episode when the retries are used up, with its own error', async () => {
    const error = new AgentError('connection', 'the service is gone');
    const { verdict, counters } = await verdictOf([error, error]);
    expect(verdict).toEqual({ kind: 'failed', error });
    expect(counters).toEqual({ ...newCounters(), modelErrors: 2, retries: 1 });
  });

  it('is forgiven an error that the next attempt makes good', async () => {
    const { verdict, counters } = await verdictOf([new Error('broken pipe'), 'left']);
    expect(verdict).toMatchObject({
      decision: { executed: 2, rejected: [{ reason: 'error', error: { code: 'policy_failure', got: 'broken pipe' } }] },
    });
    expect(counters).toEqual({ ...newCounters(), parsed: 1, modelErrors: 1, retries: 1 });
  });

  it('gets the fallback only where the game says so', async () => {
    const game = withAnswers({ retries: 0, fallback: 1, onError: 'fallback' });
    const { verdict, counters } = await verdictOf([new Error('no')], game);
    expect(verdict).toMatchObject({
      decision: { raw: null, parse: null, answered: null, executed: 1, fallback: 'error' },
    });
    expect(counters).toEqual({ ...newCounters(), modelErrors: 1, fallbacks: 1 });
  });

  it('never has its error read as an answer', async () => {
    const { verdict } = await verdictOf([new Error('left'), new Error('left')]);
    expect(verdict).toMatchObject({ kind: 'failed' });
  });

  it('gets the fallback for a last answer that cannot be read, whatever came before', async () => {
    const { verdict, counters } = await verdictOf([new Error('no'), 'hm']);
    expect(verdict).toMatchObject({ kind: 'decided', decision: { fallback: 'no-match', attempts: 2 } });
    expect(counters).toEqual({ ...newCounters(), modelErrors: 1, noMatch: 1, retries: 1, fallbacks: 1 });
  });

  it('does not take the answers of other episodes with it', async () => {
    const policy = fakePolicy(({ episode }) => (episode === 'b' ? new Error('not this one') : 'left'));
    const questions = ['a', 'b', 'c'].map(question);
    const verdicts = await decide(policy, withAnswers({ retries: 0 }), fakeSpec(), questions);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['decided', 'failed', 'decided']);
    expect(questions.map(({ counters }) => counters.modelErrors)).toEqual([0, 1, 0]);
  });
});

describe('a policy that breaks the contract', () => {
  it.each<[string, Reply]>([
    ['an index beyond the actions', 5],
    ['a negative index', -1],
    ['half an index', 1.5],
    ['a vector for a discrete space', { kind: 'action', action: [0, 1] }],
  ])('fails with %s, without another attempt', async (_, reply) => {
    const { verdict, policy } = await verdictOf([reply]);
    expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'policy_failure' } });
    expect(policy.calls).toHaveLength(1);
  });

  it('fails with an answer too few, or of no kind', async () => {
    const broken = (answers: unknown): Policy => ({ ...fakePolicy(() => 0), act: async () => answers as never });
    for (const answers of [[], [{ kind: 'text' }], [undefined], null, [{ kind: 'guess', action: 1 }]]) {
      const [verdict] = await decide(broken(answers), withAnswers({ retries: 0 }), fakeSpec(), [question()]);
      expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'policy_failure' } });
    }
  });

  it('may answer vectors where the environment takes them', async () => {
    const box = {
      ...fakeSpec(),
      actionSpace: { kind: 'box', shape: [2], dtype: 'float32', low: -1, high: 1 },
    } as const;
    const reply = (action: number[]) => verdictOf([{ kind: 'action', action }], withAnswers({ retries: 0 }), box);
    expect((await reply([0.5, -1])).verdict).toMatchObject({ decision: { executed: [0.5, -1] } });
    expect((await reply([0.5])).verdict).toMatchObject({ kind: 'failed' });
    expect((await reply([0.5, Number.NaN])).verdict).toMatchObject({ kind: 'failed' });
  });
});

describe('time', () => {
  const never: Reply = () => new Promise(() => {});

  it('runs out for a policy that does not answer, and is counted apart from errors', async () => {
    const policy = fakePolicy(() => never);
    const asked = question();
    const [verdict] = await decide(policy, withAnswers({ retries: 1 }), fakeSpec(), [asked], { timeoutMs: 20 });
    expect(verdict).toMatchObject({ kind: 'failed', error: { details: { got: 'no answer within 20 ms' } } });
    expect(asked.counters).toEqual({ ...newCounters(), timeouts: 2, retries: 1 });
  });

  it('is taken from the policy through its signal', async () => {
    let reason: unknown;
    const policy: Policy = {
      ...fakePolicy(() => 0),
      act: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => {
            reason = options.signal?.reason;
            reject(reason);
          });
        }),
    };
    await decide(policy, withAnswers({ retries: 0 }), fakeSpec(), [question()], { timeoutMs: 10 });
    expect(reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('ends at once when the caller cancels', async () => {
    const controller = new AbortController();
    const policy = fakePolicy(() => never);
    const deciding = decide(policy, withAnswers({}), fakeSpec(), [question()], { signal: controller.signal });
    controller.abort();
    await expect(deciding).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('counts a timeout that the policy itself reports', async () => {
    const late = new AgentError('connection', 'slow', { cause: new DOMException('late', 'TimeoutError') });
    const { counters } = await verdictOf([late, 'gas']);
    expect(counters).toMatchObject({ timeouts: 1, modelErrors: 0, parsed: 1 });
  });
});

describe('a service that is out of reach', () => {
  const patience = { tries: 3, firstMs: 1 };
  const http = (status: number) => Object.assign(new Error('the server said no'), { status });
  const late = new DOMException('no answer', 'TimeoutError');

  /** The replies in turn, then `gas`. */
  async function patient(replies: readonly Reply[], options: Parameters<typeof decide>[4] = { patience }) {
    const policy = fakePolicy(({ attempt }) => replies[attempt] ?? 'gas');
    const asked = question();
    const [verdict] = await decide(policy, withAnswers({ retries: 0 }), fakeSpec(), [asked], options);
    return { verdict, counters: asked.counters };
  }

  it.each([
    ['a status', http(500)],
    ['too many questions', http(429)],
    ['a message', new Error('HTTP 503: overloaded')],
    ['a connection', new Error('no', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) })],
    ['a time limit', late],
    ['its own word', new AgentError('service', 'busy')],
    ['a wrapped one', new AgentError('policy_failure', 'the model server failed', { cause: http(502) })],
  ])('is waited for: %s', async (_, error) => {
    const { verdict, counters } = await patient([error, error, error]);
    expect(verdict).toMatchObject({ kind: 'decided', decision: { executed: 3, attempts: 4 } });
    expect(counters).toMatchObject({ retries: 3, parsed: 1 });
  });

  it('is told as such when the patience is used up', async () => {
    const { verdict } = await patient([http(500), http(500), http(500), http(500)]);
    expect(verdict).toMatchObject({
      kind: 'failed',
      error: { code: 'service', details: { got: 'the server said no' } },
    });
  });

  it('answers in time once it has been too late once', async () => {
    const never: Reply = () => new Promise(() => {});
    const { verdict, counters } = await patient([never], { patience, timeoutMs: 30 });
    expect(verdict).toMatchObject({ kind: 'decided', decision: { executed: 3 } });
    expect(counters).toMatchObject({ timeouts: 1, retries: 1 });
  });

  it('is waited for where it was never there at first, and is late then', async () => {
    const error = new AgentError('service', 'refused');
    const options = { patience, timeoutMs: 30 };
    const never: Reply = () => new Promise(() => {});
    const unreached: Reply = { kind: 'failure', error, isUnreached: true };
    const policy = fakePolicy(({ attempt }) => [unreached, never][attempt] ?? 'gas');
    const [verdict] = await decide(policy, withAnswers({ retries: 1 }), fakeSpec(), [question()], options);
    expect(verdict).toMatchObject({ kind: 'decided', decision: { executed: 3, attempts: 3 } });
    const [given] = await decide(
      fakePolicy(() => unreached),
      withAnswers({ retries: 1 }),
      fakeSpec(),
      [question()],
      {
        patience: { tries: 9, firstMs: 60_000 },
      },
    );
    expect(given).toMatchObject({ kind: 'failed', error: { code: 'service' } });
  });

  it.each([
    ['a mistake in the policy', new Error('undefined is not a function')],
    ['a refusal', http(401)],
    ['a number in a sentence', new Error('expected 500 tokens')],
  ])('is not what happened: %s', async (_, error) => {
    const { verdict, counters } = await patient([error]);
    expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'policy_failure' } });
    expect(counters).toMatchObject({ retries: 0 });
  });

  it('is not waited for where the game has a fallback for errors', async () => {
    const policy = fakePolicy(() => http(500));
    const game = withAnswers({ retries: 0, onError: 'fallback' });
    const [verdict] = await decide(policy, game, fakeSpec(), [question()], { patience: { tries: 9, firstMs: 60_000 } });
    expect(verdict).toMatchObject({ kind: 'decided', decision: { fallback: 'error' } });
  });

  it('is not waited for once the caller cancels', async () => {
    const controller = new AbortController();
    const policy = fakePolicy(() => {
      queueMicrotask(() => setImmediate(() => controller.abort()));
      return http(500);
    });
    const options = { patience: { tries: 1, firstMs: 60_000 }, signal: controller.signal };
    const deciding = decide(policy, withAnswers({ retries: 0 }), fakeSpec(), [question()], options);
    await expect(deciding).rejects.toMatchObject({ code: 'cancelled' });
  });
});
