import { describe, expect, it } from 'vitest';
import { tailsFor } from '../../../src/model/learning/tails.js';
import { layOutAnswers } from '../../../src/model/sequence/answers.js';

const branches = Array.from({ length: 9 }, (_, i) => i);

describe('the ends of packed branches', () => {
  it('are those that the loss looks at, in every row of the batch', () => {
    const row = { prompt: [1, 2, 3], given: branches.map((i) => [4, 5, i]), answers: branches.map((i) => [6, i]) };
    const { layout, hiddenRows } = layOutAnswers([row, row]);
    const { tails, needed } = tailsFor(layout, hiddenRows);
    // A branch is its three given tokens and the first of the answer; the last two of these predict.
    expect(tails).toHaveLength(2 * 9 * 2);
    expect(needed.map((place) => tails?.[place])).toEqual(hiddenRows);
    expect(tails?.slice(0, 4)).toEqual([5, 6, 9, 10]);
  });

  it('are not enough where an answer is read from the end of the prompt, or nothing is packed', () => {
    const bare = layOutAnswers([{ prompt: [1, 2], answers: branches.map((i) => [6, i]) }]);
    expect(tailsFor(bare.layout, bare.hiddenRows)).toEqual({ tails: null, needed: bare.hiddenRows });
    const few = layOutAnswers([{ prompt: [1, 2], given: [[3]], answers: [[6, 7]] }]);
    expect(tailsFor(few.layout, few.hiddenRows)).toEqual({ tails: null, needed: few.hiddenRows });
  });
});
