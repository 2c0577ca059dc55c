/** Who sees whom in a batch, and where answers are read. */
import { describe, expect, it } from 'vitest';
import { layOutAnswers } from '../../../src/model/sequence/answers.js';
import { type BatchLayout, causalMask, layOut } from '../../../src/model/sequence/layout.js';

/** The mask as text: one line a query, `.` where it sees nothing. */
function drawn(mask: Float32Array | null, keys: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < (mask?.length ?? 0); i += keys) {
    lines.push([...mask!.subarray(i, i + keys)].map((value) => (value === 0 ? 'x' : '.')).join(''));
  }
  return lines;
}

function denseOf({ visibility }: BatchLayout): { rows: number; mask: Float32Array | null } {
  if (visibility.kind !== 'dense') throw new TypeError('the layout is packed');
  return visibility;
}

describe('layOut', () => {
  it('lets a prompt see what came before, and branches the prompt and themselves', () => {
    const layout = layOut([{ prompt: [5, 6], branches: [[7, 8], [9]] }], 1);
    expect(layout).toMatchObject({ batch: 1, width: 5, past: 1, promptEnd: [1], branchStart: [[2, 4]] });
    expect([...layout.ids]).toEqual([5, 6, 7, 8, 9]);
    expect([...layout.positions]).toEqual([1, 2, 3, 4, 3]);
    expect(drawn(denseOf(layout).mask, 6)).toEqual(['xx....', 'xxx...', 'xxxx..', 'xxxxx.', 'xxx..x']);
  });

  it('lets branches count from another position than the next', () => {
    const branches = [[7, 8], [9]];
    const layout = layOut([{ prompt: [5, 6, 6, 6], branches, branchPosition: 3 }], 1);
    expect([...layout.positions]).toEqual([1, 2, 3, 4, 3, 4, 3]);
    const { layout: answered } = layOutAnswers([{ prompt: [5, 6], answers: [[7, 8, 9]], branchPosition: 9 }]);
    expect([...answered.positions]).toEqual([0, 1, 9, 10]);
  });

  it('fills shorter rows up at their end, where nothing real sees them', () => {
    const layout = layOut([
      { prompt: [1], branches: [[2]] },
      { prompt: [3, 4, 5], branches: [] },
    ]);
    expect(layout).toMatchObject({ batch: 2, width: 3, promptEnd: [0, 5], branchStart: [[1], []] });
    expect([...layout.ids]).toEqual([1, 2, 0, 3, 4, 5]);
    expect(drawn(denseOf(layout).mask, 3)).toEqual(['x..', 'xx.', '..x', 'x..', 'xx.', 'xxx']);
  });

  it('needs one mask where rows are laid out alike, and none for single tokens', () => {
    const rows = [1, 2, 3].map((token) => ({ prompt: [token, 9], branches: [] }));
    expect(denseOf(layOut(rows))).toMatchObject({ rows: 1, mask: { length: 4 } });
    const single = rows.map(() => ({ prompt: [1], branches: [] }));
    expect(denseOf(layOut(single, 7)).mask).toBeNull();
  });

  it('rounds the width up where asked, but not that of packed rows', () => {
    const layout = layOut([{ prompt: [5, 6, 7], branches: [] }], 0, 4);
    expect(layout).toMatchObject({ width: 4, promptEnd: [2] });
    expect(drawn(denseOf(layout).mask, 4)).toEqual(['x...', 'xx..', 'xxx.', '...x']);
    const row = { prompt: [1], branches: Array.from({ length: 8 }, () => [2]) };
    expect(layOut([row], 0, 4).width).toBe(9);
  });

  it('packs many branches of one length, where all rows are alike', () => {
    const row = { prompt: [1, 2], branches: Array.from({ length: 8 }, (_, i) => [i, i, i]) };
    expect(layOut([row, row], 5).visibility).toEqual({ kind: 'packed', prompt: 2, branches: 8, length: 3 });
    const others = [
      { ...row, prompt: [1] },
      { ...row, branches: row.branches.slice(1) },
      { ...row, branches: [...row.branches.slice(1), [9]] },
    ];
    for (const other of others) expect(denseOf(layOut([row, other])).rows).toBe(2);
    expect(denseOf(layOut([others[1]!, others[1]!])).rows).toBe(1);
    expect(drawn(causalMask(2, 1), 3)).toEqual(['xx.', 'xxx']);
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
