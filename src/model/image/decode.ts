/** Picture files as frames. */
import sharp from 'sharp';
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';

/**
 * Reads a PNG, JPEG, WebP, … file: upright as its EXIF data says, sRGB, transparency on black as PIL's convert leaves it.
 * @throws AgentError `usage` where the file is missing or no picture.
 */
export async function readPicture(path: string): Promise<Frame> {
  try {
    const picture = sharp(path).rotate().toColourspace('srgb').removeAlpha();
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { dtype: 'uint8', shape: [info.height, info.width, info.channels], data: bytes };
  } catch (cause) {
    throw new AgentError('usage', 'A picture cannot be read', {
      expected: 'a PNG, JPEG, WebP, GIF or TIFF file',
      got: cause instanceof Error ? cause.message : String(cause),
      where: path,
      cause,
    });
  }
}
