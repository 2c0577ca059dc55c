import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePlainPng, encodePng, type Frame } from '../../src/core/index.js';
import { decodePicture } from '../../src/model/index.js';

const frames = fc
  .record({
    height: fc.integer({ min: 1, max: 24 }),
    width: fc.integer({ min: 1, max: 24 }),
    channels: fc.constantFrom(1, 3),
    seed: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  })
  .map(({ height, width, channels, seed }): Frame => {
    const data = Uint8Array.from(
      { length: height * width * channels },
      (_, i) => seed[(i * i) % seed.length] as number,
    );
    return { dtype: 'uint8', shape: [height, width, channels], data };
  });

const raw = ({ shape: [height, width, channels], data }: Frame) =>
  sharp(data, { raw: { height: height as number, width: width as number, channels: channels as 1 | 3 } });

describe('a PNG file', () => {
  it('holds what was written, by our reader and by libvips', async () => {
    await fc.assert(
      fc.asyncProperty(frames, async (frame) => {
        const file = encodePng(frame);
        const isColour = frame.shape[2] === 3;
        expect(decodePlainPng(file, 1e6)).toEqual(isColour ? frame : undefined);
        const read = sharp(file).toColourspace(isColour ? 'srgb' : 'b-w');
        const { data, info } = await read.raw().toBuffer({ resolveWithObject: true });
        expect([info.height, info.width, info.channels]).toEqual(frame.shape);
        expect(data.equals(frame.data)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('of libvips is read as libvips reads it, whatever its rows are told by', async () => {
    await fc.assert(
      fc.asyncProperty(frames, fc.boolean(), async (frame, adaptiveFiltering) => {
        // It writes and reads gray as three channels.
        const file = await raw(frame).png({ adaptiveFiltering }).toBuffer();
        const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
        const shape = [info.height, info.width, info.channels];
        expect(decodePlainPng(file, 1e6)).toEqual({ dtype: 'uint8', shape, data: new Uint8Array(data) });
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a palette', { palette: true }],
    ['interlaced rows', { progressive: true }],
  ])('with %s is left to libvips', async (_, options) => {
    const frame: Frame = { dtype: 'uint8', shape: [9, 9, 3], data: new Uint8Array(243).fill(7) };
    const file = await raw(frame).png(options).toBuffer();
    expect(decodePlainPng(file, 1e6)).toBeUndefined();
    expect(await decodePicture(file, 1e6)).toEqual(frame);
  });

  it('that is broken anywhere is no picture, and never throws', () => {
    const frame: Frame = { dtype: 'uint8', shape: [6, 5, 3], data: Uint8Array.from({ length: 90 }, (_, i) => i) };
    const file = encodePng(frame);
    for (let length = 0; length < file.length; length++) {
      expect(decodePlainPng(file.subarray(0, length), 1e6)).toBeUndefined();
    }
    for (let at = 0; at < file.length; at++) {
      const broken = Buffer.from(file);
      broken[at] = (broken[at] as number) ^ 0x41;
      expect(decodePlainPng(broken, 1e6)).toBeUndefined();
    }
  });

  it('with more pixels than allowed is not unpacked', () => {
    const frame: Frame = { dtype: 'uint8', shape: [10, 10, 3], data: new Uint8Array(300) };
    expect(decodePlainPng(encodePng(frame), 99)).toBeUndefined();
    expect(decodePlainPng(encodePng(frame), 100)).toEqual(frame);
  });
});
