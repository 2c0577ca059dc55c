/** Square pieces of photographs. */
import type { Frame } from '../../../core/nd-array.js';
import type { Random } from '../../../core/random.js';
import { preprocess, resize } from '../../../model/image/index.js';

/** Least side of a training crop, as a part of the side that is asked for: smaller ones would only be blur. */
const LEAST = 0.75;

/** Draws for a place where there is something to be seen, before an empty one is taken. */
const TRIES = 4;
/** Standard deviation of brightness, of 255, below which a square is called empty: sky, walls, smooth wallpaper. */
const EMPTY = 12;
/** Points a row and column at which brightness is looked at. */
const PROBES = 9;

/** A random square of a photograph, of any size that it has, mirrored half of the time; [side, side, 3]. */
export function randomCrop(frame: Frame, side: number, random: Random): Frame {
  let square = randomSquare(frame, side, random);
  for (let attempt = 1; attempt < TRIES && spread(frame, square) < EMPTY; attempt++) {
    square = randomSquare(frame, side, random);
  }
  const resized = resize(cut(frame, square), side, side, 'bicubic');
  return random.next() < 0.5 ? mirrored(resized) : resized;
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

/** Standard deviation of brightness over a grid of points. */
function spread({ data, shape }: Frame, { top, left, size }: Square): number {
  const [, width] = shape as [number, number, number];
  let [sum, squares] = [0, 0];
  for (let i = 0; i < PROBES * PROBES; i++) {
    const y = top + Math.floor(((Math.floor(i / PROBES) + 0.5) * size) / PROBES);
    const x = left + Math.floor((((i % PROBES) + 0.5) * size) / PROBES);
    const at = (y * width + x) * 3;
    const value = 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
    sum += value;
    squares += value * value;
  }
  const mean = sum / PROBES ** 2;
  return Math.sqrt(Math.max(squares / PROBES ** 2 - mean * mean, 0));
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
