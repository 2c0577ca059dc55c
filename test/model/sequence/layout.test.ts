/** Who sees whom in a batch, and where answers are read. */
import { describe, expect, it } from 'vitest';
import { layOutAnswers } from '../../../src/model/sequence/answers.js';
import { layOut } from '../../../src/model/sequence/layout.js';

/** The mask as text: one line a query, `.` where it sees nothing. */
function drawn(mask: Float32Array | null, keys: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < (mask?.length ?? 0); i += keys) {
    lines.push([...mask!.subarray(i, i + keys)].map((value) => (value === 0 ? 'x' : '.')).join(''));
  }
  return lines;
}

describe('layOut', () => {
  it('lets a prompt see what came before, and branches the prompt and themselves', () => {
    const layout = layOut([{ prompt: [5, 6], branches: [[7, 8], [9]] }], 1);
    expect(layout).toMatchObject({ batch: 1, width: 5, past: 1, uniform: true, promptEnd: [1], branchStart: [[2, 4]] });
    expect([...layout.ids]).toEqual([5, 6, 7, 8, 9]);
    expect([...layout.positions]).toEqual([1, 2, 3, 4, 3]);
    expect(drawn(layout.mask, 6)).toEqual(['xx....', 'xxx...', 'xxxx..', 'xxxxx.', 'xxx..x']);
  });

  it('fills shorter rows up at their end, where nothing real sees them', () => {
    const layout = layOut([
      { prompt: [1], branches: [[2]] },
      { prompt: [3, 4, 5], branches: [] },
    ]);
    expect(layout).toMatchObject({ batch: 2, width: 3, uniform: false, promptEnd: [0, 5], branchStart: [[1], []] });
    expect([...layout.ids]).toEqual([1, 2, 0, 3, 4, 5]);
    expect(drawn(layout.mask, 3)).toEqual(['x..', 'xx.', '..x', 'x..', 'xx.', 'xxx']);
  });

  it('needs one mask where rows are laid out alike, and none for single tokens', () => {
    const rows = [1, 2, 3].map((token) => ({ prompt: [token, 9], branches: [] }));
    expect(layOut(rows).mask).toHaveLength(4);
    expect(
      layOut(
        rows.map(() => ({ prompt: [1], branches: [] })),
        7,
      ).mask,
    ).toBeNull();
  });
});

describe('layOutAnswers', () => {
  it('reads the first token of all bare answers at the end of the prompt, the others where they lie', () => {
    const { layout, hiddenRows, readings } = layOutAnswers([
      {
        prompt: [5, 6],
        answers: [
          [7, 2],
          [8, 9, 2],
        ],
      },
    ]);
    expect([...layout.ids]).toEqual([5, 6, 7, 8, 9]);
    expect(hiddenRows).toEqual([1, 2, 3, 4]);
    expect(readings).toEqual([
      [
        [
          { row: 0, token: 7 },
          { row: 1, token: 2 },
        ],
        [
          { row: 0, token: 8 },
          { row: 2, token: 9 },
          { row: 3, token: 2 },
        ],
      ],
    ]);
  });

  it('reads an answer behind what is given from the last given token on', () => {
    const { layout, hiddenRows, readings } = layOutAnswers([{ prompt: [5], answers: [[7, 8]], given: [[3, 4]] }]);
    expect([...layout.ids]).toEqual([5, 3, 4, 7]);
    expect(hiddenRows).toEqual([2, 3]);
    expect(readings[0]?.[0]?.map(({ token }) => token)).toEqual([7, 8]);
  });
});
