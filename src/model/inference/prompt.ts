/** A prompt: token ids in which each feature of a picture has its place, and the pictures. */
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import type { ModelConfig } from '../config/index.js';

export interface Prompt {
  /** With the image token once for every feature of every picture. */
  readonly tokens: readonly number[];
  /** In the order of their places. The same picture should be the same object, so that its features are kept. */
  readonly frames: readonly Frame[];
}

/**
 * Gives each picture its places: every image token in `ids` stands for one picture and is repeated for its features.
 * Throws `usage` where image tokens and pictures are not equally many.
 */
export function makePrompt(ids: readonly number[], frames: readonly Frame[], { image }: ModelConfig): Prompt {
  const places = image ? ids.filter((id) => id === image.imageToken).length : 0;
  if (places !== frames.length) {
    throw new AgentError('usage', 'the prompt has not as many places for pictures as there are pictures', {
      expected: `${frames.length} image tokens`,
      got: `${places}`,
      next: image ? 'write one <image> for each picture' : 'this checkpoint is a language model alone',
    });
  }
  if (!image) return { tokens: ids, frames };
  const { imageToken, tokensPerImage } = image;
  const repeated = new Array<number>(tokensPerImage).fill(imageToken);
  return { tokens: ids.flatMap((id) => (id === imageToken ? repeated : [id])), frames };
}

/**
 * Checks that prompts and what is to follow them fit the model.
 * @param following tokens after each prompt, at most.
 * Throws `usage` for an empty prompt or one beyond the context, with the numbers.
 */
export function requireFit(prompts: readonly Prompt[], following: readonly number[], { text }: ModelConfig): void {
  prompts.forEach(({ tokens }, index) => {
    const length = tokens.length + (following[index] ?? 0);
    if (tokens.length === 0) throw new AgentError('usage', `prompt ${index} of the batch is empty`);
    if (length > text.maxPositions) {
      throw new AgentError('usage', 'A prompt does not fit the context of the model', {
        expected: `at most ${text.maxPositions} tokens`,
        got: `${tokens.length} of the prompt and ${following[index] ?? 0} of the answer`,
        where: `prompt ${index} of the batch`,
        next: 'fewer pictures, a shorter text, or a shorter answer',
      });
    }
  });
}
