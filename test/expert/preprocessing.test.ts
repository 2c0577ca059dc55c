/** Each step against its written definition, and the stack conventions. */
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/core/index.js';
import { ObservationHistory, type Preprocessing, preprocessFrame } from '../../src/expert/index.js';

const frameOf = (shape: [number, number, number], values: number[]): Frame => ({
  dtype: 'uint8',
  shape,
  data: Uint8Array.from(values),
});
const described = (input_shape: [number, number, number], steps: Preprocessing['steps']): Preprocessing => ({
  input_shape,
  steps,
  stack: 3,
  reset: 'repeat-first',
  scale: 1 / 255,
  order: 'oldest-first',
});
const run = (frame: Frame, steps: Preprocessing['steps']) =>
  preprocessFrame(frame, described(frame.shape as [number, number, number], steps));

describe('steps', () => {
  it('crops, and turns to gray in integers', () => {
    const frame = frameOf([2, 2, 3], [9, 9, 9, 8, 8, 8, 7, 7, 7, 10, 200, 30]);
    const out = run(frame, [
      { op: 'crop', top: 1, left: 1, height: 1, width: 1 },
      { op: 'gray', weights: [77, 150, 29], shift: 8, rounding: 0 },
    ]);
    expect([...out.data]).toEqual([(77 * 10 + 150 * 200 + 29 * 30) >> 8]);
    expect(out).toMatchObject({ height: 1, width: 1, channels: 1 });
  });

  it('takes means of blocks, halves up', () => {
    const out = run(frameOf([2, 4, 1], [1, 2, 0, 0, 3, 4, 0, 1]), [{ op: 'box', rows: 2, columns: 2 }]);
    expect([...out.data]).toEqual([3, 0]);
  });

  it("truncates Gymnasium's gray where float64 falls short of the whole number", () => {
    const gray = (v: number) => Math.trunc(v * 0.2125 + v * 0.7154 + v * 0.0721);
    const values = Array.from({ length: 256 }, (_, v) => [v, v, v]).flat();
    const out = run(frameOf([16, 16, 3], values), [{ op: 'gray-float', weights: [0.2125, 0.7154, 0.0721] }]);
    expect([...out.data]).toEqual(Array.from({ length: 256 }, (_, v) => gray(v)));
  });

  it('shrinks by covered area, ties to even', () => {
    const out = run(frameOf([1, 3, 1], [0, 30, 90]), [{ op: 'area', height: 1, width: 2 }]);
    expect([...out.data]).toEqual([10, 70]); // (0 + 30 / 2) / 1.5 and (30 / 2 + 90) / 1.5
    const ties = run(frameOf([1, 4, 1], [0, 1, 1, 2]), [{ op: 'area', height: 1, width: 2 }]);
    expect([...ties.data]).toEqual([0, 2]);
  });

  it('refuses a frame of another shape', () => {
    const { input_shape, steps, ...rest } = described([2, 2, 3], []);
    expect(() => preprocessFrame(frameOf([1, 2, 3], [1, 2, 3, 4, 5, 6]), { input_shape, steps, ...rest })).toThrow(
      /another shape/,
    );
  });
});

describe('history', () => {
  const levels = (history: ObservationHistory, value: number) =>
    history.push(frameOf([1, 1, 1], [value])).map(({ data }) => data[0]);

  it.each([
    ['repeat-first', 5],
    ['zeros', 0],
  ] as const)('begins with %s', (reset, older) => {
    const history = new ObservationHistory({ ...described([1, 1, 1], []), reset });
    expect(levels(history, 5)).toEqual([older, older, 5]);
    expect(levels(history, 6)).toEqual([older, 5, 6]);
    expect(levels(history, 7)).toEqual([5, 6, 7]);
  });
});
