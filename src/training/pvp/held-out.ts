/** Pixel error on pictures that are not trained on. */
import { createRandom } from '../../core/random.js';
import type { Split } from '../pictures/index.js';
import type { Place } from '../tasks/pixels.js';
import { type Answerer, type AnswerOptions, answerPixels } from './answer-pixels.js';
import { addErrors, comparePixels, NO_ERRORS, type PixelErrors } from './picture-error.js';
import { PICTURE_KINDS, type PictureKind, type Pictures } from './pictures.js';

export interface HeldOutOptions extends AnswerOptions {
  readonly split: Exclude<Split, 'train'>;
  /** Pictures of each kind. */
  readonly pictures: number;
  /** Pixels of each picture, spread at random but always the same. */
  readonly pixels: number;
}

export interface KindErrors {
  readonly kind: PictureKind;
  readonly pictures: number;
  readonly errors: PixelErrors;
}

/** The errors on each kind of picture that there is. */
export async function heldOutErrors(
  answerer: Answerer,
  pictures: Pictures,
  options: HeldOutOptions,
): Promise<KindErrors[]> {
  const results: KindErrors[] = [];
  for (const kind of PICTURE_KINDS) {
    const samples = pictures.heldOut(kind, options.split, options.pictures);
    let errors = NO_ERRORS;
    for (const [index, { image }] of samples.entries()) {
      const places = spread(image.shape as readonly [number, number, number], options.pixels, index);
      errors = addErrors(errors, comparePixels(image, places, await answerPixels(answerer, image, places, options)));
    }
    if (samples.length > 0) results.push({ kind, pictures: samples.length, errors });
  }
  return results;
}

function spread([height, width]: readonly [number, number, number], count: number, index: number): Place[] {
  const random = createRandom(index, 'held-out pixels');
  return Array.from({ length: count }, () => ({ y: random.integer(height), x: random.integer(width) }));
}
