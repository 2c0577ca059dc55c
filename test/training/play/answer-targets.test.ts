import { describe, expect, it } from 'vitest';
import { answerTargets } from '../../../src/training/play/answer-targets.js';

/** right, right + fire, left; 9 ends an answer. */
const answers = [
  [1, 9],
  [1, 5, 4, 9],
  [2, 9],
];

describe('targets of an answer', () => {
  it('share a token among the actions that begin alike, given what was read before it', () => {
    const targets = answerTargets(answers, [0.2, 0.6, 0.2], 1);
    expect(targets.map((place) => place.map(({ token }) => token))).toEqual([[1, 2], [9, 5], [4], [9]]);
    expect(targets[0]?.map(({ weight }) => weight)).toEqual([expect.closeTo(0.8), expect.closeTo(0.2)]);
    expect(targets[1]?.map(({ weight }) => weight)).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
  });

  it('leave out what is hardly possible, and count one at each place', () => {
    const targets = answerTargets(answers, [0.6, 0.005, 0.395], 0);
    expect(targets[1]).toEqual([{ token: 9, weight: 1 }]);
    for (const place of targets) expect(place.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
  });

  it('give, along answers drawn by the same probabilities, the cross entropy with the whole distribution', () => {
    const expert = [0.3, 0.5, 0.2];
    const model = [0.25, 0.6, 0.15];
    const conditional = (read: readonly number[], token: number, place: number): number => {
      const alike = answers.flatMap((answer, i) => (read.slice(0, place).every((t, k) => answer[k] === t) ? [i] : []));
      const sum = (of: number[]): number => of.reduce((total, i) => total + (model[i] as number), 0);
      return sum(alike.filter((i) => answers[i]?.[place] === token)) / sum(alike);
    };
    let loss = 0;
    answers.forEach((read, chosen) => {
      answerTargets(answers, expert, chosen).forEach((targets, place) => {
        for (const { token, weight } of targets) {
          loss -= (expert[chosen] as number) * weight * Math.log(conditional(read, token, place));
        }
      });
    });
    const whole = expert.reduce((sum, p, i) => sum - p * Math.log(model[i] as number), 0);
    expect(loss).toBeCloseTo(whole, 10);
  });
});
