/**
 * Game frames on disk: those of one episode below each other in one lossless PNG, which any viewer shows, and beside it
 * how high one is. The picture is written last: where it is, all is.
 */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { writeFileAtomic } from '../../../core/atomic-write.js';
import type { Frame } from '../../../core/nd-array.js';

const besides = (path: string): string => path.replace(/\.png$/, '.json');

/** Writes frames of one size, [height, width, 3], to a path that ends in .png. */
export async function writeFrames(path: string, frames: readonly Frame[]): Promise<void> {
  const [height, width] = (frames[0] as Frame).shape as [number, number, number];
  const data = Buffer.concat(frames.map((frame) => frame.data));
  const raw = { width, height: height * frames.length, channels: 3 } as const;
  await writeFileAtomic(besides(path), `${JSON.stringify({ height })}\n`);
  await writeFileAtomic(path, await sharp(data, { raw, limitInputPixels: false }).png().toBuffer());
}

/** Reads them back. */
export async function readFrames(path: string): Promise<Frame[]> {
  const { height } = JSON.parse(await readFile(besides(path), 'utf8')) as { height: number };
  const bytes = await readFile(path);
  const { data, info } = await sharp(bytes, { limitInputPixels: false }).raw().toBuffer({ resolveWithObject: true });
  const size = height * info.width * 3;
  const pixels = new Uint8Array(data);
  return Array.from({ length: info.height / height }, (_, i) => ({
    dtype: 'uint8',
    shape: [height, info.width, 3],
    data: pixels.subarray(i * size, (i + 1) * size),
  }));
}
