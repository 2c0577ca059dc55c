/** Picture files as frames. */
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import { decodePlainPng } from '../../core/png.js';
import { inWords } from '../../core/system-error.js';

/** What is read, by libvips' names. SVG and PDF, which it reads too, are programs rather than pictures. */
const FORMATS = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif', 'jp2', 'ppm'];
const SENT_FORMATS = ['png', 'jpeg', 'webp', 'gif'];
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
    return await decode(path, FORMATS, MAX_PIXELS);
  } catch (cause) {
    throw unreadable(cause, path);
  }
}

/**
 * A picture out of the bytes of a file that a stranger may have sent: as `readPicture`, but only of the formats that
 * browsers show. Its size is looked at before anything is decoded.
 * @param maxPixels height times width, at most.
 * Rejects with `usage`.
 */
export async function decodePicture(file: Buffer, maxPixels: number): Promise<Frame> {
  const plain = decodePlainPng(file, maxPixels);
  if (plain) return plain;
  try {
    return await decode(file, SENT_FORMATS, maxPixels);
  } catch (cause) {
    throw unreadable(cause);
  }
}

async function decode(input: string | Buffer, formats: readonly string[], maxPixels: number): Promise<Frame> {
  const { format, width = 0, height = 0 } = await sharp(input, { limitInputPixels: false }).metadata();
  if (!formats.includes(format ?? '')) throw new Error(`the format ${format ?? 'is unknown'}`);
  if (width * height > maxPixels) {
    throw new Error(`${width} × ${height}; at most ${maxPixels / 1e6} million pixels`);
  }
  const picture = sharp(input).rotate().toColourspace('srgb').removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: 'uint8', shape: [info.height, info.width, info.channels], data: bytes };
}

function unreadable(cause: unknown, where?: string): AgentError {
  return new AgentError('usage', 'A picture cannot be read', {
    expected: 'a PNG, JPEG, WebP, GIF or TIFF file',
    got: inWords(cause),
    ...(where === undefined ? {} : { where }),
    cause,
  });
}
