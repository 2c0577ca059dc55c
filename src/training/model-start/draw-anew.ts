/** Parts of a network drawn anew, so that it learns to look where it was set on something else. */
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '../../core/index.js';
import { DEVIATION, drawParameters } from '../../model/network/initialise.js';
import type { Network } from '../../model/network/network.js';

/** What can be drawn anew: the projector, or the decoder's layers behind the first with the head. */
export const REDRAWN = { projector: /^projector\./, language: /^language\.([1-9]\d*\.|head\.)/ } as const;
export type Redrawn = keyof typeof REDRAWN;

/**
 * Draws parts as in a network that has not learnt anything, with a deviation of 1 / √inputs: with the 0.02 that large networks begin
 * with, attention of a small one is the same everywhere, and long stays so. Everything else stays as it is.
 */
export async function drawAnew(
  { parameters, config }: Network,
  parts: readonly Redrawn[],
  seed: number,
): Promise<void> {
  const specs = parameters.specs.filter(({ name }) => parts.some((part) => REDRAWN[part].test(name)));
  const chosen = createRandom(seed, 'drawn anew').integer(2 ** 31);
  using drawn = await drawParameters(specs, { language: config.text.layers }, chosen);
  for (const { name } of specs) {
    const value = drawn.get(name);
    const [inputs, outputs] = value.shape as [number, number | undefined];
    const factor = outputs === undefined ? 1 : 1 / Math.sqrt(inputs) / DEVIATION;
    tf.tidy(() => parameters.get(name).assign(tf.mul(value, factor)));
  }
}
