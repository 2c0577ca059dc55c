/** Square pieces of photographs. */
import type { Frame } from '../../../core/nd-array.js';
import type { Random } from '../../../core/random.js';
import { preprocess, resize } from '../../../model/image/index.js';

/** Least side of a training crop, as a part of the side that is asked for: smaller ones would only be blur. */
const LEAST = 0.75;

/** Points a row and column at which detail is looked at. */
const PROBES = 24;

/** A piece of one of several photographs. */
export interface Crop {
  /** `uint8` [side, side, 3]. */
  readonly image: Frame;
  /** Which photograph it is of. */
  readonly photograph: number;
}

/**
 * A random square of each photograph, of any size that it has, mirrored half of the time; of these the one with the
 * most detail. A piece of a photograph is mostly sky, wall or blur, with half the detail of the whole picture; and it
 * is whole pictures that a model is shown.
 */
export function randomCrop(photographs: readonly Frame[], side: number, random: Random): Crop {
  const squares = photographs.map((frame) => randomSquare(frame, side, random));
  const details = squares.map((square, i) => detailOf(photographs[i] as Frame, square, side));
  const photograph = details.indexOf(Math.max(...details));
  const piece = cut(photographs[photograph] as Frame, squares[photograph] as Square);
  const resized = resize(piece, side, side, 'bicubic');
  return { image: random.next() < 0.5 ? mirrored(resized) : resized, photograph };
}

interface Square {
  readonly top: number;
  readonly left: number;
  readonly size: number;
}

function randomSquare({ shape }: Frame, side: number, random: Random): Square {
  const [height, width] = shape as [number, number, number];
  const most = Math.min(height, width);
  const least = Math.min(most, Math.round(LEAST * side));
  // Even in the logarithm: a crop twice as large is as likely as one half as large.
  const size = Math.round(least * (most / least) ** random.next());
  return { size, top: random.integer(height - size + 1), left: random.integer(width - size + 1) };
}

/**
 * How much green differs, on average, from one pixel of the crop to the next on the right, looked at on a grid of
 * points.
 */
function detailOf({ data, shape }: Frame, { top, left, size }: Square, side: number): number {
  const [, width] = shape as [number, number, number];
  const step = Math.max(1, Math.round(size / side));
  const at = (y: number, x: number): number => data[((top + y) * width + left + x) * 3 + 1] as number;
  let sum = 0;
  for (let i = 0; i < PROBES * PROBES; i++) {
    const y = Math.floor(((Math.floor(i / PROBES) + 0.5) * size) / PROBES);
    const x = Math.floor((((i % PROBES) + 0.5) * (size - step)) / PROBES);
    sum += Math.abs(at(y, x) - at(y, x + step));
  }
  return sum / PROBES ** 2;
}

/** The middle of a picture as CLIP's image processor takes it: the shorter side to `side` (bicubic), then cut. */
export function centreCrop(frame: Frame, side: number): Frame {
  const bytes = preprocess(frame, {
    resize: { shortest: side },
    resample: 'bicubic',
    crop: { height: side, width: side },
    rescale: 1,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
  });
  return { dtype: 'uint8', shape: [side, side, 3], data: Uint8Array.from(bytes.data) };
}

function cut({ data, shape }: Frame, { top, left, size }: Square): Frame {
  const [, width] = shape as [number, number, number];
  const out = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    const start = ((top + y) * width + left) * 3;
    out.set(data.subarray(start, start + size * 3), y * size * 3);
  }
  return { dtype: 'uint8', shape: [size, size, 3], data: out };
}

function mirrored({ data, shape }: Frame): Frame {
  const [height, width] = shape as [number, number, number];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + width - 1 - x) * 3;
      out.set(data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { dtype: 'uint8', shape, data: out };
}
