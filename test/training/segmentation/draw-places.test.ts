import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { type Mask, maskOfBox } from '../../../src/training/masks/mask.js';
import { drawPlaces } from '../../../src/training/segmentation/draw-places.js';

const SIDE = 60;
const object = maskOfBox([20, 20, 29, 29], SIDE, SIDE);
const other = maskOfBox([50, 50, 59, 59], SIDE, SIDE);
/** The box with a quarter of its side, three pixels, around it. */
const near = maskOfBox([17, 17, 32, 32], SIDE, SIDE);

function shares(mask: Mask, others: Mask | null, count = 1000) {
  const places = drawPlaces(mask, others, count, createRandom(1, 'places'));
  const inside = ({ data }: Mask): number => places.filter(({ y, x }) => data[y * SIDE + x] === 1).length / count;
  return { count: places.length, object: inside(mask), others: inside(other), near: inside(near) };
}

describe('places', () => {
  it('are on the object, on others, around it and anywhere as the paper says', () => {
    const drawn = shares(object, other);
    expect(drawn.count).toBe(1000);
    // 40 %; of the others half, 30 %; a tenth of them, 6 %, anywhere; the rest, 24 %, near.
    expect(drawn.object).toBeCloseTo(0.4, 1);
    expect(drawn.others).toBeCloseTo(0.3, 1);
    expect(drawn.near).toBeCloseTo(0.4 + 0.24, 1);
  });

  it('without other objects are around the object instead', () => {
    const drawn = shares(object, null);
    expect(drawn.object).toBeCloseTo(0.4, 1);
    expect(drawn.near).toBeCloseTo(0.4 + 0.54, 1);
  });

  it('are as many where nothing or everything is inside', () => {
    expect(shares({ ...object, data: new Uint8Array(SIDE * SIDE) }, null, 64).count).toBe(64);
    expect(shares(maskOfBox([0, 0, SIDE - 1, SIDE - 1], SIDE, SIDE), null, 64)).toMatchObject({ count: 64, object: 1 });
  });
});
