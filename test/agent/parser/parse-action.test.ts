import { describe, expect, it } from 'vitest';
import { type Game, parseAction } from '../../../src/agent/index.js';
import { type Case, carAnswers, invaderAnswers } from '../support/answers.js';
import { carracing, spaceinvaders } from '../support/games.js';

function meaning(answer: string, game: Game): string {
  const result = parseAction(answer, game.actions);
  return result.ok ? (game.actions[result.action]?.name ?? 'no such action') : result.reason;
}

function table(game: Game, cases: Record<string, readonly Case[]>): void {
  describe.each(Object.entries(cases))('%s', (_, answers) => {
    it.each(answers)('%j → %s', (answer, expected) => {
      expect(meaning(answer, game)).toBe(expected);
    });
  });
}

describe('answers about CarRacing', () => table(carracing, carAnswers));
describe('answers about Space Invaders', () => table(spaceinvaders, invaderAnswers));

describe('what a result tells', () => {
  it('says in which form the action was found', () => {
    const form = (answer: string) => {
      const result = parseAction(answer, carracing.actions);
      return result.ok ? result.form : result.reason;
    };
    expect(form('left')).toBe('exact');
    expect(form('2')).toBe('index');
    expect(form('{"action": "left"}')).toBe('json');
    expect(form('Action: left')).toBe('marker');
    expect(form('It bends right.\nleft')).toBe('conclusion');
    expect(form('go left now')).toBe('mention');
  });

  it('keeps the raw text, and names what it found', () => {
    const raw = ' Left or RIGHT ';
    expect(parseAction(raw, carracing.actions)).toEqual({
      ok: false,
      reason: 'ambiguous',
      raw,
      found: ['left', 'right'],
    });
    expect(parseAction('{"action": "Jump"}', carracing.actions)).toMatchObject({ reason: 'illegal', found: ['Jump'] });
    expect(parseAction('Action: 12', carracing.actions)).toMatchObject({ reason: 'illegal', found: ['12'] });
  });

  it('gives an index that is no -0', () => {
    expect(parseAction('-0', carracing.actions)).toEqual({ ok: true, action: 0, form: 'index' });
  });

  it('reads the end of an answer that runs away', () => {
    expect(meaning(`${'the road is gray. '.repeat(100_000)}\nAction: left`, carracing)).toBe('left');
  });

  // Text that takes a search with backtracking, or a walk through the text at each word, minutes: such a parser runs
  // into the test's time limit. Each is 200,000 characters long.
  const floods = [
    '[',
    '{',
    '{"a":',
    '{"a":[',
    '{"a":1} ',
    '{"action":"left"} ',
    "{'a':'b' ' ",
    '{a ',
    '"a ',
    "'a ",
    '<',
    '<a',
    '&lt;a',
    '<think>',
    '</think>',
    '<|channel|>a ',
    '<answer>',
    '\\boxed{',
    '<!--',
    '~~a',
    '```',
    '```json\n[',
    '> a\n',
    'Thought: a\n',
    'Action: left\n',
    'action ',
    'action 2 ',
    'i choose ',
    'left ',
    'left, ',
    'not left ',
    'wait ',
    'that ',
    ' ',
    '\n',
    '. ',
    ', ',
    ': ',
    '[1,',
    'a\u0301',
    'assistantfinal',
  ];
  it.each(floods)('is through with a flood of %j in one pass', { timeout: 60_000 }, (part) => {
    const flood = part.repeat(Math.ceil(200_000 / part.length));
    expect(parseAction(flood, carracing.actions).ok).toBe(false);
    expect(parseAction(`${flood}\n\nleft`, carracing.actions)).toBeDefined();
  });
});
