/**
 * The weights by which a decoder finds a named place and reads its colour. They are exact, and every update moves a
 * weight by about the rate, whatever it is needed for: what learns words at a useful rate forgets pixels. Learning that
 * leaves these as they are, and writes nothing where they read, learns beside them.
 */
import { AgentError } from '../../../core/errors.js';
import type { Network } from '../../../model/network/network.js';
import type { Keeping } from '../keeping.js';
import { lookUpHeads, PLACE_HEADS, READERS } from './decoder.js';
import { CODE, CODE_SIZE, MARKS, requireRoom } from './layout.js';
import { placeProducts } from './place.js';
import { readingProducts } from './reader.js';

/**
 * Adds those of a decoder that began with the code of places to what stays. Throws `config` for one that has no room
 * for that code.
 */
export function keepReading({ config }: Network, kept: Keeping): void {
  const { text, image } = config;
  if (!image) throw new AgentError('config', 'a decoder without a picture reads no pixels', { expected: 'an encoder' });
  requireRoom(text);
  kept.columns('embedding', 0, CODE_SIZE);
  kept.rows('head.kernel', CODE.isRow.start, MARKS + CODE.estimate.size);
  kept.columns('norm.scale', CODE.isRow.start, MARKS + CODE.estimate.size);
  const products = [placeProducts(text), readingProducts(image.vision.patchSize)];
  const heads = [PLACE_HEADS, lookUpHeads(text)];
  for (let layer = 0; layer < text.layers; layer++) {
    // What a later layer would write over an estimate; before that, over anything of the code.
    const quiet = layer < READERS ? { start: 0, size: CODE_SIZE } : CODE.estimate;
    kept.written(layer, quiet);
  }
  for (let layer = 0; layer < READERS; layer++) {
    kept.scaled(layer, { start: 0, size: CODE_SIZE });
    kept.heads(layer, text, { count: heads[layer] as number });
    kept.units(layer, text, 2 * (products[layer] as readonly unknown[]).length);
  }
}
