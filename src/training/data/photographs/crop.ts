/** Square pieces of photographs. */
import type { Frame } from '../../../core/nd-array.js';
import type { Random } from '../../../core/random.js';
import { preprocess, resize } from '../../../model/image/index.js';

/** Least side of a training crop, as a part of the side that is asked for: smaller ones would only be blur. */
const LEAST = 0.75;

/** A random square of a photograph, of any size that it has, mirrored half of the time; [side, side, 3]. */
export function randomCrop(frame: Frame, side: number, random: Random): Frame {
  const [height, width] = frame.shape as [number, number, number];
  const most = Math.min(height, width);
  const least = Math.min(most, Math.round(LEAST * side));
  // Even in the logarithm: a crop twice as large is as likely as one half as large.
  const size = Math.round(least * (most / least) ** random.next());
  const top = random.integer(height - size + 1);
  const left = random.integer(width - size + 1);
  const square = cut(frame, top, left, size);
  const resized = resize(square, side, side, 'bicubic');
  return random.next() < 0.5 ? mirrored(resized) : resized;
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

function cut({ data, shape }: Frame, top: number, left: number, size: number): Frame {
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
