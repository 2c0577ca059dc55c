/** Sets that are drawn here: the mask is what the words say, and the same on every machine. */
import { describe, expect, it } from 'vitest';
import { hashArray } from '../../../src/core/hash.js';
import type { Frame } from '../../../src/core/nd-array.js';
import { areaOf, boxAround } from '../../../src/training/masks/mask.js';
import { carRacingThings } from '../../../src/training/segmentation/sets/carracing-things.js';
import { openReferringSet } from '../../../src/training/segmentation/sets/open.js';
import { spaceInvadersThings } from '../../../src/training/segmentation/sets/spaceinvaders-things.js';

describe('scenes', () => {
  it('have an expression each, whose mask and other things do not meet', async () => {
    const set = await openReferringSet('scenes', { side: 48, seed: 1 });
    for (let i = 0; i < 40; i++) {
      const { image, expression, mask, others } = await set.at('test', i);
      expect(image.shape).toEqual([48, 48, 3]);
      expect(expression).toMatch(/^the /);
      expect(areaOf(mask)).toBeGreaterThan(0);
      expect(others?.data.some((value, at) => value === 1 && mask.data[at] === 1)).toBe(false);
    }
  });

  it('are the same each time, and others in another split', async () => {
    const of = async (split: string) => {
      const { image, expression } = await (await openReferringSet('scenes', { side: 48, seed: 1 })).at(split, 5);
      return `${expression} ${hashArray(image)}`;
    };
    expect(await of('test')).toBe(await of('test'));
    expect(await of('test')).not.toBe(await of('validation'));
  });

  it('refuse a split that is none', async () => {
    const set = await openReferringSet('scenes', { side: 48, seed: 1 });
    await expect(set.at('testA', 0)).rejects.toMatchObject({ code: 'usage' });
  });
});

it.each([
  ['squares', /no such set/],
  ['refs(unc).p', /folder of the photographs is missing/],
])('%s says what is wrong', async (name, message) => {
  await expect(openReferringSet(name, { side: 48, seed: 1 })).rejects.toThrow(message);
});

/** A black picture with rectangles of a colour: top, left, bottom, right, both ends inside. */
function painted(
  height: number,
  width: number,
  parts: readonly [readonly [number, number, number, number], readonly [number, number, number]][],
): Frame {
  const data = new Uint8Array(height * width * 3);
  for (const [[top, left, bottom, right], colour] of parts) {
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) data.set(colour, 3 * (y * width + x));
  }
  return { dtype: 'uint8', shape: [height, width, 3], data };
}

describe('games', () => {
  it('CarRacing: the road is grey, the car red, and the indicators below are neither', () => {
    const frame = painted(96, 96, [
      [
        [0, 30, 83, 60],
        [105, 105, 105],
      ],
      [
        [66, 45, 72, 49],
        [204, 0, 0],
      ],
      [
        [90, 5, 92, 9],
        [204, 0, 0],
      ],
    ]);
    const things = carRacingThings(frame);
    expect([...things.keys()]).toEqual(['the car', 'the road']);
    expect(boxAround(things.get('the car') as never)).toEqual([66, 45, 72, 49]);
    expect(areaOf(things.get('the road') as never)).toBe(84 * 31 - 7 * 5);
  });

  it('Space Invaders: cannon, lowest shot, and the lowest invader of the leftmost column', () => {
    const frame = painted(210, 160, [
      [
        [187, 77, 193, 83],
        [0x32, 0x84, 0x32],
      ],
      [
        [100, 40, 109, 40],
        [0x8e, 0x8e, 0x8e],
      ],
      [
        [120, 90, 129, 90],
        [0x8e, 0x8e, 0x8e],
      ],
      [
        [40, 20, 47, 27],
        [0x86, 0x86, 0x1d],
      ],
      [
        [58, 20, 65, 27],
        [0x86, 0x86, 0x1d],
      ],
      [
        [58, 50, 65, 57],
        [0x86, 0x86, 0x1d],
      ],
    ]);
    const things = spaceInvadersThings(frame);
    const boxes = Object.fromEntries([...things].map(([words, mask]) => [words, boxAround(mask)]));
    expect(boxes).toEqual({
      'the cannon': [187, 77, 193, 83],
      'the lowest shot': [120, 90, 129, 90],
      'the lowest invader of the leftmost column': [58, 20, 65, 27],
    });
  });

  it('a frame that shows none of the things has none', () => {
    expect(spaceInvadersThings(painted(210, 160, [])).size).toBe(0);
    expect(carRacingThings(painted(96, 96, [])).size).toBe(0);
  });
});
