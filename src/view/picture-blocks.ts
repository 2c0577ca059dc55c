/**
 * Pictures as they are kept and sent. The block of a decision is
 *
 *     uint16 count of the game's frames, uint16 count of the pictures that the policy was given (little-endian)
 *     for each of them, the game's first: uint32 bytes, then a PNG
 *
 * and blocks follow one another without gaps, so a run of decisions is one piece of a file.
 */
import sharp from 'sharp';
import type { Canvas } from '../video/canvas.js';

/** The block of one decision. */
export async function pictureBlock(frames: readonly Canvas[], given: readonly Canvas[]): Promise<Buffer> {
  const pictures = await Promise.all([...frames, ...given].map(pngOf));
  const head = Buffer.alloc(4);
  head.writeUInt16LE(frames.length, 0);
  head.writeUInt16LE(given.length, 2);
  const parts: Buffer[] = [head];
  for (const picture of pictures) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(picture.byteLength);
    parts.push(length, picture);
  }
  return Buffer.concat(parts);
}

/** The pictures of one block. */
export function readBlock(block: Buffer): { readonly frames: Buffer[]; readonly given: Buffer[] } {
  const [frames, given] = [block.readUInt16LE(0), block.readUInt16LE(2)];
  const pictures: Buffer[] = [];
  for (let at = 4; pictures.length < frames + given; ) {
    const length = block.readUInt32LE(at);
    pictures.push(block.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { frames: pictures.slice(0, frames), given: pictures.slice(frames) };
}

/** Lossless; level 3 is twice as fast as the default and little larger. */
export function pngOf({ data, width, height }: Canvas): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
}
