import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComparedDecision, findPartings } from '../../src/replay/index.js';

/** An episode whose score grows by `rewards`, all with the same action but where `actions` says otherwise. */
function episode(rewards: readonly number[], actions: Record<number, string> = {}): ComparedDecision[] {
  let score = 0;
  return rewards.map((reward, index) => {
    score += reward;
    return { action: actions[index + 1] ?? '0', score };
  });
}

const steady = (length: number, reward = 1): number[] => Array.from({ length }, () => reward);

describe('where episodes part', () => {
  it('is nowhere when they are the same', () => {
    expect(findPartings([episode(steady(50)), episode(steady(50))], 4)).toEqual([]);
  });

  it('is first at the first action that differs', () => {
    const partings = findPartings([episode(steady(50)), episode(steady(50), { 12: '3' })], 4);
    expect(partings).toEqual([{ step: 12, why: 'first different action' }]);
  });

  it('is then where the scores drift apart fastest', () => {
    const stuck = [...steady(100), ...steady(40, -1), ...steady(60)];
    const partings = findPartings([episode(steady(200)), episode(stuck, { 5: '1' })], 2);
    expect(partings[0]).toEqual({ step: 5, why: 'first different action' });
    expect(partings[1]?.step).toBeGreaterThanOrEqual(125);
    expect(partings[1]?.step).toBeLessThanOrEqual(140);
  });

  it('goes on when one episode has ended: its score stays', () => {
    const partings = findPartings([episode(steady(30)), episode(steady(200))], 8);
    expect(partings.length).toBeGreaterThan(2);
    expect(partings.at(-1)?.step).toBeGreaterThan(100);
  });

  it('gives at most as many places as asked for, in order, a window apart from one another', () => {
    const rewards = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 300 });
    fc.assert(
      fc.property(rewards, rewards, fc.integer({ min: 1, max: 6 }), (a, b, count) => {
        const steps = findPartings([episode(a), episode(b, { 3: '2' })], count).map(({ step }) => step);
        expect(steps.length).toBeLessThanOrEqual(count);
        expect([...steps].sort((x, y) => x - y)).toEqual(steps);
        for (let i = 1; i < steps.length; i++)
          expect((steps[i] as number) - (steps[i - 1] as number)).toBeGreaterThanOrEqual(25);
        for (const step of steps) expect(step >= 1 && step <= Math.max(a.length, b.length)).toBe(true);
      }),
    );
  });
});
