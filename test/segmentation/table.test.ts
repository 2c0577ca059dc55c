import { describe, expect, it } from 'vitest';
import { type MeasuredExpression, type MeasuredSet, segmentationTable } from '../../src/segmentation/index.js';

function measured(overlaps: readonly [intersection: number, union: number][]): MeasuredExpression[] {
  return overlaps.map(([intersection, union], index) => ({
    ...{ index, origin: `${index}`, expression: 'the thing', hasBox: index > 0, milliseconds: 10 },
    mask: { intersection, union },
    box: { intersection, union: 2 * union },
    boxes: { intersection: union, union },
  }));
}

const setOf = (model: string, overlaps: readonly [number, number][]): MeasuredSet => ({
  ...{ model, seed: null, set: 'scenes', split: 'test' },
  measured: measured(overlaps),
});

describe('tables', () => {
  const a = setOf('a', [
    [10, 10],
    [60, 100],
    [0, 20],
    [72, 100],
  ]);
  const b = setOf('b', [
    [5, 10],
    [30, 100],
    [0, 20],
    [36, 100],
  ]);
  const { rows, paired } = segmentationTable([a, b]);

  it('say cIoU over all pixels, mIoU over expressions, and precisions', () => {
    expect(rows[0]).toMatchObject({
      ...{ model: 'a', set: 'scenes', images: 4, without_box: 1, box: 1, milliseconds: 10 },
      ...{ precision50: 0.75, precision70: 0.5, precision90: 0.25 },
    });
    expect(rows[0]?.ciou).toBeCloseTo((100 * 142) / 230, 10);
    expect(rows[0]?.miou).toBeCloseTo((100 * (1 + 0.6 + 0 + 0.72)) / 4, 10);
    expect(rows[0]?.box_ciou).toBeCloseTo((100 * 142) / 460, 10);
  });

  it('have differences paired by expression, with an interval', () => {
    expect(paired).toHaveLength(1);
    const [{ a: first, b: second, difference, interval } = {} as never] = paired;
    expect([first, second]).toEqual(['a', 'b']);
    expect(difference).toBeCloseTo((100 * 71) / 230, 10);
    expect(interval?.[0]).toBeLessThan(difference);
    expect(interval?.[1]).toBeGreaterThan(difference);
  });

  it('compare nothing across sets', () => {
    expect(segmentationTable([a, { ...b, set: 'cutouts' }]).paired).toEqual([]);
  });
});
