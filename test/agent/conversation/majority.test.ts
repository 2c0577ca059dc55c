import { describe, expect, it } from 'vitest';
import { type Answer, majority, type ServiceFacts } from '../../../src/agent/index.js';
import { AgentError } from '../../../src/core/index.js';
import { carracing } from '../support/games.js';

type Drawn = Parameters<typeof majority>[1][number];

const text = (raw: string, more: Partial<Extract<Answer, { kind: 'text' }>> = {}): Drawn => ({
  kind: 'text',
  raw,
  ...more,
});
const failure: Drawn = { kind: 'failure', error: new AgentError('service', 'busy') };
const refusal: Drawn = { kind: 'unusable', outcome: 'refusal', raw: 'I cannot' };
const facts = (changes: Partial<ServiceFacts>): ServiceFacts => ({
  finish: 'stop',
  request: 'a',
  isCached: false,
  latencyMs: 1,
  requests: 1,
  cost: 1,
  failed: [],
  ...changes,
});

describe('majority', () => {
  it('takes the action that most answers name, and keeps them all', () => {
    const answer = majority(carracing, [text('gas'), text('left', { reasoning: 'a bend' }), text('Go left'), refusal]);
    expect(answer).toEqual({
      kind: 'text',
      raw: 'left',
      reasoning: 'a bend',
      samples: [
        { raw: 'gas', action: 3 },
        { raw: 'left', action: 2, reasoning: 'a bend' },
        { raw: 'Go left', action: 2 },
        { raw: 'I cannot', action: null },
      ],
    });
  });

  it('takes what was named first where two are named as often', () => {
    expect(majority(carracing, [text('brake'), text('gas'), text('gas'), text('brake')])).toMatchObject({
      raw: 'brake',
    });
  });

  it('goes on without those that failed, and fails where all do', () => {
    expect(majority(carracing, [failure, text('???'), text('gas')])).toMatchObject({ kind: 'text', raw: 'gas' });
    expect(majority(carracing, [failure, failure])).toMatchObject({ kind: 'failure' });
    expect(majority(carracing, [failure, text('???')])).toMatchObject({ kind: 'text', raw: '???' });
    expect(majority(carracing, [refusal, refusal])).toMatchObject({ kind: 'unusable' });
  });

  it('adds up what they cost', () => {
    const one = text('gas', { usage: { promptTokens: 5, answerTokens: 1 }, service: facts({ latencyMs: 9 }) });
    const two = text('left', { usage: { promptTokens: 5, reasoningTokens: 2 }, service: facts({ requests: 3 }) });
    expect(majority(carracing, [one, two])).toMatchObject({
      usage: { promptTokens: 10, answerTokens: 1, reasoningTokens: 2 },
      service: { latencyMs: 9, requests: 4, cost: 2 },
    });
    const unpriced = text('left', { service: facts({ cost: null }) });
    expect(majority(carracing, [one, unpriced])).toMatchObject({ service: { cost: null } });
  });

  it('leaves a single answer as it is', () => {
    const answer = text('gas');
    expect(majority(carracing, [answer])).toBe(answer);
  });
});
