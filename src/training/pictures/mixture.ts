/** Several sources as one: each index takes one of them, with given weights. */
import { createRandom } from '../../core/random.js';
import type { ImageSample, ImageSource, Split } from './image-source.js';

export interface Weighted {
  readonly source: ImageSource;
  /** Share of the pictures, relative to the others; from 0. */
  readonly weight: number;
}

/**
 * A source that draws each picture's source from (seed, split, index). A source without pictures takes no part.
 * @param run pictures in a row, from a multiple of this on, that come from the same source.
 */
export function mixSources(parts: readonly Weighted[], seed: number, run = 1): ImageSource {
  const partsOf = (split: Split): Weighted[] =>
    parts.filter(({ source, weight }) => weight > 0 && source.size(split) > 0);
  return {
    name: parts.map(({ source }) => source.name).join('+'),
    size: (split) => partsOf(split).reduce((sum, { source }) => sum + source.size(split), 0),
    sample: (split, index): ImageSample => {
      const present = partsOf(split);
      const total = present.reduce((sum, { weight }) => sum + weight, 0);
      let left = createRandom(seed, `mixture ${split} ${Math.floor(index / run)}`).next() * total;
      for (const { source, weight } of present) {
        left -= weight;
        if (left < 0) return source.sample(split, index);
      }
      throw new RangeError(`no source of the mixture has pictures for ${split}`);
    },
  };
}
