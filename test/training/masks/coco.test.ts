/** COCO's forms of masks against what pycocotools made of the same (`fixtures/make_golden.py`). */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOfPolygons } from '../../../src/training/masks/coco-polygons.js';
import { fromCocoRle, toCocoRle } from '../../../src/training/masks/coco-rle.js';

interface Golden {
  readonly filled: readonly { size: [number, number]; polygons: number[][]; counts: string }[];
  readonly written: readonly { size: [number, number]; rows: string[]; counts: string }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('./fixtures/masks.json', import.meta.url), 'utf8'));

describe('polygons', () => {
  it('are filled pixel for pixel as pycocotools fills them', () => {
    const filled = golden.filled.map(({ size: [height, width], polygons }) =>
      toCocoRle(maskOfPolygons(polygons, height, width)),
    );
    expect(filled).toEqual(golden.filled.map(({ size, counts }) => ({ size, counts })));
  });
});

describe('run lengths', () => {
  const masks = golden.written.map(({ size: [height, width], rows }) => ({
    height,
    width,
    data: Uint8Array.from(rows.join(''), Number),
  }));

  it('are written as pycocotools writes them', () => {
    expect(masks.map((mask) => toCocoRle(mask).counts)).toEqual(golden.written.map(({ counts }) => counts));
  });

  it('are read as pycocotools reads them', () => {
    expect(golden.written.map(({ size, counts }) => fromCocoRle({ size, counts }))).toEqual(masks);
  });

  it('are read as a list of numbers too', () => {
    const read = fromCocoRle({ size: [2, 3], counts: [1, 2, 3] });
    expect([...read.data]).toEqual([0, 1, 0, 1, 0, 0]);
  });

  it('come back from any mask', () => {
    const sizes = fc.record({ height: fc.integer({ min: 1, max: 20 }), width: fc.integer({ min: 1, max: 20 }) });
    const mask = sizes.chain(({ height, width }) =>
      fc
        .uint8Array({ minLength: height * width, maxLength: height * width, max: 1 })
        .map((data) => ({ height, width, data })),
    );
    fc.assert(
      fc.property(mask, (one) => {
        expect(fromCocoRle(toCocoRle(one))).toEqual(one);
      }),
    );
  });

  it.each([
    ['too few', [2, 3]],
    ['too many', [2, 30]],
    ['negative', [7, -1]],
    ['broken', [1.5, 4.5]],
  ])('are refused where they are %s', (_, counts) => {
    expect(() => fromCocoRle({ size: [2, 3], counts })).toThrow(/do not fill its picture/);
  });

  it.each(['\u0000', 'P', '~~~~', '😀'])('are refused where the text is %j', (counts) => {
    expect(() => fromCocoRle({ size: [2, 3], counts })).toThrow(/cannot be read|do not fill/);
  });
});
