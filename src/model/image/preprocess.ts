/** From a picture's bytes to the numbers that the vision tower takes. */
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import type { ImageProcessing } from './preprocessor-config.js';
import { resize } from './resample.js';

/** Pixels of a picture that was made a square, at most: one that is long and thin would come to billions. */
const MAX_SQUARE = 1e8;
/** Pixels of a picture that was scaled and is to be cropped, at most. */
const MAX_SCALED = 2e7;

/** Normalised pixels, row-major [height, width, 3]. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Makes a square, resizes, crops, scales and normalises, as far as asked for; one channel is taken as grey. */
export function preprocess(frame: Frame, processing: ImageProcessing): Pixels {
  return normalise(fitPicture(frame, processing), processing);
}

/**
 * The picture before its colours become numbers around zero: made a square, resized and cropped, still bytes. Throws
 * `usage` for a picture that is so long and thin that this would take too much memory.
 */
export function fitPicture(frame: Frame, processing: ImageProcessing): Frame {
  requireFittable(frame, processing);
  return crop(scale(pad(frame, processing), processing), processing);
}

function requireFittable({ shape }: Frame, { square, resize: target }: ImageProcessing): void {
  const [height, width] = shape as [number, number, number];
  const longer = Math.max(height, width);
  const ratio = square ? 1 : longer / Math.min(height, width);
  const scaled = target && 'shortest' in target ? target.shortest ** 2 * ratio : 0;
  if (scaled <= MAX_SCALED && (!square || longer ** 2 <= MAX_SQUARE)) return;
  throw new AgentError('usage', 'a picture is too long and thin for this model', {
    expected: square ? `sides of at most ${Math.sqrt(MAX_SQUARE)} pixels` : 'sides that differ less',
    got: `${width} × ${height}`,
    next: 'cut the picture, or make it smaller',
  });
}

/** The picture in the middle of a square of one colour; an odd remainder goes to the bottom and right. */
function pad(frame: Frame, { square }: ImageProcessing): Frame {
  const [height, width, channels] = frame.shape as [number, number, number];
  if (!square || height === width) return frame;
  const side = Math.max(height, width);
  const [top, left] = [Math.floor((side - height) / 2), Math.floor((side - width) / 2)];
  const out = new Uint8Array(side * side * 3);
  out.set(square);
  for (let filled = 3; filled < out.length; filled *= 2) out.copyWithin(filled, 0, filled);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const from = (y * width + x) * channels + (channels === 1 ? 0 : c);
        out[((top + y) * side + left + x) * 3 + c] = frame.data[from] as number;
      }
    }
  }
  return { dtype: 'uint8', shape: [side, side, 3], data: out };
}

function scale(frame: Frame, { resize: target, resample }: ImageProcessing): Frame {
  if (!target) return frame;
  if (!('shortest' in target)) return resize(frame, target.height, target.width, resample);
  const [height, width] = frame.shape as [number, number, number];
  const { shortest } = target;
  return height <= width
    ? resize(frame, shortest, Math.trunc((shortest * width) / height), resample)
    : resize(frame, Math.trunc((shortest * height) / width), shortest, resample);
}

function crop(frame: Frame, { crop: target }: ImageProcessing): Frame {
  const [height, width, channels] = frame.shape as [number, number, number];
  if (!target || (target.height === height && target.width === width)) return frame;
  // An odd remainder goes to the bottom and right when cutting, and to the top and left when filling up.
  const offset = (old: number, wanted: number): number =>
    wanted <= old ? Math.floor((old - wanted) / 2) : -Math.ceil((wanted - old) / 2);
  const top = offset(height, target.height);
  const left = offset(width, target.width);
  const out = new Uint8Array(target.height * target.width * channels);
  const firstColumn = Math.max(left, 0);
  const lastColumn = Math.min(left + target.width, width);
  for (let y = Math.max(top, 0); y < Math.min(top + target.height, height); y++) {
    const row = frame.data.subarray((y * width + firstColumn) * channels, (y * width + lastColumn) * channels);
    out.set(row, ((y - top) * target.width + firstColumn - left) * channels);
  }
  return { dtype: 'uint8', shape: [target.height, target.width, channels], data: out };
}

/** Pixels as numbers around zero, as far as asked for; one channel is taken as grey. */
export function normalise({ shape, data }: Frame, { rescale, mean, deviation }: ImageProcessing): Pixels {
  const [height, width, channels] = shape as [number, number, number];
  // 256 values a channel: a table is exact and spares three operations a pixel.
  const tables = mean.map((centre, c) =>
    Float32Array.from({ length: 256 }, (_, value) => (value * rescale - centre) / (deviation[c] as number)),
  ) as [Float32Array, Float32Array, Float32Array];
  const out = new Float32Array(height * width * 3);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < 3; c++) {
      const value = data[pixel * channels + (channels === 1 ? 0 : c)] as number;
      out[pixel * 3 + c] = (tables[c] as Float32Array)[value] as number;
    }
  }
  return { height, width, data: out };
}
