/** Picture files as frames. */
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import { inWords } from '../../core/system-error.js';

/** What is read, by libvips' names. SVG and PDF, which it reads too, are programs rather than pictures. */
const FORMATS = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif', 'jp2', 'ppm'];
/** A photograph of 100 million pixels takes 300 MB. */
const MAX_PIXELS = 1e8;

/**
 * Reads a PNG, JPEG, WebP, … file: upright as its EXIF data says, sRGB, transparency on black as PIL's convert leaves
 * it.
 * Rejects with `usage` where the file is missing or no picture.
 */
export async function readPicture(path: string): Promise<Frame> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('no file, but a folder, a device or a pipe');
    const { format, width = 0, height = 0 } = await sharp(path, { limitInputPixels: false }).metadata();
    if (!FORMATS.includes(format ?? '')) throw new Error(`the format ${format ?? 'is unknown'}`);
    if (width * height > MAX_PIXELS)
      throw new Error(`${width} × ${height}; at most ${MAX_PIXELS / 1e6} million pixels`);
    const picture = sharp(path).rotate().toColourspace('srgb').removeAlpha();
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { dtype: 'uint8', shape: [info.height, info.width, info.channels], data: bytes };
  } catch (cause) {
    throw new AgentError('usage', 'A picture cannot be read', {
      expected: 'a PNG, JPEG, WebP, GIF or TIFF file',
      got: inWords(cause),
      where: path,
      cause,
    });
  }
}
