/** Scenes as an image source. */
import { createRandom } from '../../../core/random.js';
import type { ImageSample, ImageSource, Split } from '../image-source.js';
import { captionOf } from './captions.js';
import { drawScene } from './draw-scene.js';
import { makeScene } from './make-scene.js';

/** First seeds of the splits; ten thousand million apart, which no run reaches. */
const FIRST: Readonly<Record<Split, number>> = { train: 0, validation: 1e10, test: 2e10 };

/** The seed of a scene: different for every split and index. */
export function sceneSeed(split: Split, index: number): number {
  return FIRST[split] + index;
}

export interface SceneOptions {
  readonly side: number;
  /** One number for all, or least and most, between which each scene's is drawn; 0 to 1. */
  readonly difficulty: number | readonly [least: number, most: number];
}

/** Scenes without end. A curriculum opens another source with another difficulty. */
export function openScenes({ side, difficulty }: SceneOptions): ImageSource {
  const [least, most] = typeof difficulty === 'number' ? [difficulty, difficulty] : difficulty;
  return {
    name: 'scenes',
    size: () => Number.POSITIVE_INFINITY,
    sample: (split, index): ImageSample => {
      const seed = sceneSeed(split, index);
      const random = createRandom(seed, 'scene source');
      const drawn = drawScene(makeScene(seed, least + (most - least) * random.next()), side);
      return {
        image: drawn.image,
        source: 'scenes',
        origin: `scene ${seed}`,
        caption: captionOf(drawn.scene, random),
        drawn,
      };
    },
  };
}
