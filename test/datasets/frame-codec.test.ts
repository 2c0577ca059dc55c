/** Frames come back as they were, any other PNG reader sees the same pixels, and damage is noticed. */
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/core/index.js';
import { decodeFrame, encodeFrame, type FrameShape } from '../../src/datasets/frame-codec.js';
import { randomFrame } from './support/frames.js';

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 40 }),
  width: fc.integer({ min: 1, max: 40 }),
  channels: fc.constantFrom<1 | 3>(1, 3),
});

describe('a frame as PNG', () => {
  it('comes back bit for bit, here and through libpng', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 0, max: 1e6 }), async (shape, seed) => {
        const frame = randomFrame(shape, seed);
        const png = await encodeFrame(frame);
        expect(decodeFrame(png, shape, 'here')).toEqual(frame);
        const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
        expect([info.height, info.width]).toEqual([shape.height, shape.width]);
        const every = info.channels / shape.channels; // sharp may spread gray over three channels
        expect(data.filter((_, i) => every === 1 || i % every === 0)).toEqual(Buffer.from(frame.data));
      }),
      { numRuns: 40 },
    );
  });

  it('copies the pixels at once: what happens to the buffer afterwards does not matter', async () => {
    const shape: FrameShape = { height: 8, width: 8, channels: 3 };
    const frame = randomFrame(shape, 1);
    const before: Frame = { ...frame, data: frame.data.slice() };
    const encoding = encodeFrame(frame);
    frame.data.fill(0);
    expect(decodeFrame(await encoding, shape, 'here')).toEqual(before);
  });

  it('is refused with another shape, cut off anywhere, or with a byte of its pixels changed', async () => {
    const shape: FrameShape = { height: 12, width: 9, channels: 3 };
    const png = await encodeFrame(randomFrame(shape, 3));
    const refused = (bytes: Uint8Array, as: FrameShape = shape) => {
      expect(() => decodeFrame(bytes, as, 'pack 7')).toThrow(/damaged[\s\S]*pack 7/);
    };
    refused(png, { ...shape, width: 12, height: 9 });
    refused(png, { ...shape, channels: 1 });
    for (const length of [0, 10, 40, 60, png.length >> 1]) refused(png.subarray(0, length));
    for (let at = 60; at < png.length - 20; at += 17) {
      const changed = png.slice();
      changed[at] = (changed[at] as number) ^ 0x55;
      refused(changed);
    }
    refused(await sharp(randomFrame(shape, 3).data, { raw: shape }).png({ palette: true }).toBuffer());
  });
});
