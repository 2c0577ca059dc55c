/** The weights by which a decoder recalls what an action is called, beside those by which it reads instructions. */
import type { Network } from '../../../model/network/network.js';
import { keepInstructions } from '../instructions/kept-weights.js';
import { PIECES } from '../instructions/layout.js';
import type { Keeping } from '../keeping.js';
import { LAST_WORD, RECALL_HEADS, requireRoomForRecall, SAY_LAYER, WORD_LAYER } from './layout.js';

/** Adds them to what stays. Throws `config` for a network that has no room for recalling. */
export function keepRecall(network: Network, kept: Keeping): void {
  const { text } = network.config;
  requireRoomForRecall(text);
  keepInstructions(network, kept);
  kept.columns('embedding', LAST_WORD.start, LAST_WORD.size);
  kept.projected(LAST_WORD);
  for (let layer = 0; layer < text.layers; layer++) {
    kept.written(layer, LAST_WORD);
    kept.scaled(layer, LAST_WORD);
    // A word is told from others until the last layer finds its line.
    for (const piece of PIECES) {
      if (layer < SAY_LAYER) kept.written(layer, piece);
      if (layer > 0) kept.scaled(layer, piece);
    }
  }
  for (const layer of [WORD_LAYER, SAY_LAYER] as const) kept.heads(layer, text, RECALL_HEADS[layer]);
}
