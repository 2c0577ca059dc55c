/** A picture painted from a model's answers, pixel by pixel. */
import type { Frame } from '../../core/nd-array.js';
import { preprocess } from '../../model/image/index.js';
import { type Colour, type Place, parseColour } from '../tasks/pixels.js';
import { type Answerer, type AnswerOptions, answerPixels } from './answer-pixels.js';
import { comparePixels, type PixelErrors } from './picture-error.js';

/** Paints an answer that is no colour: seen at once, and in no palette of the games or scenes. */
export const UNPARSED_COLOUR: Colour = [255, 0, 255];

export interface Reconstruction {
  /** The picture at the model's resolution: what the painting is compared with. */
  readonly original: Frame;
  /** Unparsed pixels have `UNPARSED_COLOUR`. */
  readonly painted: Frame;
  /** Over the parsed pixels alone. */
  readonly errors: PixelErrors;
}

/** Asks for every pixel of a picture of any size. */
export async function reconstruct(
  answerer: Answerer,
  picture: Frame,
  options: AnswerOptions = {},
): Promise<Reconstruction> {
  const original = atModelSize(answerer, picture);
  const [height, width] = original.shape as [number, number, number];
  const places = Array.from({ length: height * width }, (_, i): Place => ({ y: Math.floor(i / width), x: i % width }));
  const answers = await answerPixels(answerer, original, places, options);
  const data = new Uint8Array(height * width * 3);
  for (const [i, answer] of answers.entries()) {
    const parsed = parseColour(answer);
    data.set(parsed.ok ? parsed.colour : UNPARSED_COLOUR, i * 3);
  }
  const painted: Frame = { dtype: 'uint8', shape: [height, width, 3], data };
  return { original, painted, errors: comparePixels(original, places, answers) };
}

/** The picture as the model is shown it, before its colours are normalised. */
export function atModelSize({ processing }: Pick<Answerer, 'processing'>, picture: Frame): Frame {
  const bytes = preprocess(picture, { ...processing, rescale: 1, mean: [0, 0, 0], deviation: [1, 1, 1] });
  return { dtype: 'uint8', shape: [bytes.height, bytes.width, 3], data: Uint8Array.from(bytes.data) };
}
