/** Pictures that somebody else encoded, as the frames of a dataset: the same pixels, in our one form of PNG. */
import sharp from 'sharp';
import { AgentError, inWords } from '../../core/index.js';
import { decodeFrame, encodeFrame, type FrameShape, isFramePng } from '../frame-codec.js';

/** Larger ones are no frames of a game. */
const MAX_PIXELS = 4096 * 4096;

/** The size of an encoded picture. Rejects with `dataset` where it is none. */
export async function shapeOf(bytes: Uint8Array, where: string): Promise<FrameShape> {
  const { width, height, channels } = await metadataOf(bytes, where);
  return { width, height, channels: channels === 1 ? 1 : 3 };
}

/**
 * A PNG, JPEG or other picture as a frame of `shape`; bytes that are one already stay as they are. `isTrusted`: an
 * export of ours, whose pictures are looked at by their check sums alone.
 * Rejects with `dataset` where it is damaged or of another size.
 */
export async function asFramePng(
  bytes: Uint8Array,
  shape: FrameShape,
  { where, isTrusted = false }: { readonly where: string; readonly isTrusted?: boolean },
): Promise<Uint8Array> {
  if (isFramePng(bytes, shape) && (isTrusted || isOurs(bytes, shape))) return bytes;
  const { width, height, hasAlpha } = await metadataOf(bytes, where);
  if (width !== shape.width || height !== shape.height) {
    throw new AgentError('dataset', 'a picture is of another size than the others', {
      expected: `${shape.width}×${shape.height}`,
      got: `${width}×${height}`,
      where,
      next: 'a dataset holds pictures of one size; import those of another size as a dataset of their own',
    });
  }
  try {
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).toColourspace(
      shape.channels === 1 ? 'b-w' : 'srgb',
    );
    const plain = hasAlpha ? picture.removeAlpha() : picture;
    const { data, info } = await plain.raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== shape.channels) throw new Error(`${info.channels} channels`);
    return await encodeFrame({ dtype: 'uint8', shape: [height, width, shape.channels], data: new Uint8Array(data) });
  } catch (cause) {
    throw unreadable(where, cause);
  }
}

function isOurs(bytes: Uint8Array, shape: FrameShape): boolean {
  try {
    decodeFrame(bytes, shape, '');
    return true;
  } catch {
    return false; // a PNG of another program; sharp reads it, or says what is wrong
  }
}

async function metadataOf(bytes: Uint8Array, where: string) {
  try {
    return await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
  } catch (cause) {
    throw unreadable(where, cause);
  }
}

function unreadable(where: string, cause: unknown): AgentError {
  const expected = 'a PNG or JPEG of at most 4096×4096 pixels';
  return new AgentError('dataset', 'a picture cannot be read', { expected, got: inWords(cause), where, cause });
}
