/** The picture of a training: lines where their numbers are. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawLines } from '../../../src/model/learning/index.js';

/** The plot is between 56 and 844 across and between 364 (bottom) and 56 (top) down. */
const MIDDLE = 450;

async function colourAt(png: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + 3)];
}

const line = (...points: [number, number][]) => [{ points, colour: '#ff0000' }];
const isRed = ([red = 0, green = 0]: number[]): boolean => red > 200 && green < 160;

describe('a picture of lines', () => {
  it('has a value where its axis says, linear from 0 or logarithmic', async () => {
    const linear = await drawLines('error', line([0, 50], [10, 50], [20, 100]), {});
    expect(isRed(await colourAt(linear, MIDDLE - 100, 210))).toBe(true);
    const logarithmic = await drawLines('loss', line([0, 1], [1, 10], [9, 10], [10, 100]), { logarithmicFrom: 1e-4 });
    expect(isRed(await colourAt(logarithmic, MIDDLE + 50, 210))).toBe(true);
    expect(isRed(await colourAt(logarithmic, MIDDLE + 50, 300))).toBe(false);
  });

  it('has a mark at a step, and ticks with grid lines', async () => {
    const png = await drawLines('error', line([0, 0], [10, 100]), { marks: [5] });
    expect((await colourAt(png, MIDDLE, 100))[0]).toBeLessThan(235);
    expect(await colourAt(png, MIDDLE + 30, 100)).toEqual([255, 255, 255]);
    // 80 of 100.
    expect((await colourAt(png, MIDDLE + 30, Math.floor(364 - 0.8 * 308)))[0]).toBeLessThan(255);
  });

  it.each([
    ['no point', []],
    ['one point', [[3, 2]]],
    [
      'zeros',
      [
        [1, 0],
        [2, 0],
      ],
    ],
    [
      'no number',
      [
        [1, Number.NaN],
        [2, 1],
        [3, 4],
      ],
    ],
  ] as [string, [number, number][]][])('is drawn of %s', async (_what, points) => {
    for (const axes of [{}, { logarithmicFrom: 1e-4 }]) {
      const { width, height, format } = await sharp(await drawLines('x', line(...points), axes)).metadata();
      expect([width, height, format]).toEqual([900, 420, 'png']);
    }
  });
});
