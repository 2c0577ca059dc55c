/**
 * From stacks of pictures to the numbers that the network's first layer takes. Experts that were trained under
 * Stable-Baselines3's VecNormalize see their pixels shifted and scaled by running statistics, in float64 as NumPy does
 * it.
 */

import type { SafetensorsFile } from '../model/checkpoint/index.js';
import type { Picture } from './area-resize.js';
import type { Preprocessing } from './config.js';
import type { PictureStack } from './observation-history.js';
import { pictureShape } from './preprocessing.js';

/** Means and variances of pixels, float64, channels first: of a frame [c, h, w] or of a stack [stack * c, h, w]. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export const MOMENT_TENSORS = ['observation.mean', 'observation.variance'] as const;

export async function readMoments(file: Pick<SafetensorsFile, 'readFloat64'>): Promise<Moments> {
  const [mean, variance] = MOMENT_TENSORS;
  return { mean: await file.readFloat64(mean), variance: await file.readFloat64(variance) };
}

/** The shape that the moments must have, channels first. */
export function momentsShape({ normalize, stack, ...steps }: Preprocessing): readonly number[] {
  const { height, width, channels } = pictureShape({ ...steps, stack });
  return [normalize?.of === 'stack' ? stack * channels : channels, height, width];
}

/** [batch, height, width, stack * channels], row-major. `moments` belong to a preprocessing with `normalize`. */
export function networkInput(
  batch: readonly PictureStack[],
  preprocessing: Preprocessing,
  moments?: Moments,
): Float32Array {
  const { height, width, channels } = pictureShape(preprocessing);
  const { scale, stack, normalize } = preprocessing;
  const depth = stack * channels;
  const size = height * width;
  const values = new Float32Array(batch.length * size * depth);
  batch.forEach((pictures, sample) => {
    pictures.forEach((picture, age) => {
      const pixelOf = moments && normalize ? normalized(picture, age, moments, normalize) : raw(picture);
      const start = sample * size * depth + age * channels;
      for (let pixel = 0; pixel < size; pixel++) {
        for (let c = 0; c < channels; c++) values[start + pixel * depth + c] = pixelOf(pixel, c) * scale;
      }
    });
  });
  return values;
}

type Pixels = (pixel: number, channel: number) => number;

function raw({ data, channels }: Picture): Pixels {
  return (pixel, c) => data[pixel * channels + c] as number;
}

function normalized(
  { data, height, width, channels, isMissing }: Picture,
  age: number,
  { mean, variance }: Moments,
  { of, epsilon, clip }: NonNullable<Preprocessing['normalize']>,
): Pixels {
  const size = height * width;
  const first = of === 'stack' ? age * channels : 0;
  // Frames that are normalised one by one are stacked afterwards, on zeros.
  if (isMissing && of === 'frame') return () => 0;
  return (pixel, c) => {
    const at = (first + c) * size + pixel;
    const distance = (data[pixel * channels + c] as number) - (mean[at] as number);
    const value = distance / Math.sqrt((variance[at] as number) + epsilon);
    return Math.fround(Math.min(clip, Math.max(-clip, value)));
  };
}
