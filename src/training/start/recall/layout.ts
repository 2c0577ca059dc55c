/**
 * What a hidden state tells for recalling: the end of an action's line (`- NAME: steer to the left`) keeps the last
 * word of its description, beside the pieces of its name. Behind the values of instructions.
 */
import type { TextConfig } from '../../../model/config/index.js';
import { INSTRUCTIONS_END, PIECE_SIZE } from '../instructions/layout.js';
import { requireSizes, type Span } from '../spans.js';

/** Where a line's end keeps its last word, by the values that tell a name's pieces. */
export const LAST_WORD: Span = { start: INSTRUCTIONS_END, size: PIECE_SIZE };

/** The head that takes the last word over, and the two that say a name's pieces, by their layers. */
export const WORD_LAYER = 1;
export const SAY_LAYER = 3;
export const RECALL_HEADS = {
  [WORD_LAYER]: { begin: 7, count: 1 },
  [SAY_LAYER]: { begin: 6, count: 2 },
} as const;

/** Throws `config` where the network has too few values or heads for recalling. */
export function requireRoomForRecall(config: TextConfig): void {
  const needed = { hiddenSize: LAST_WORD.start + LAST_WORD.size, heads: 8, headDim: 48, layers: 4 };
  requireSizes(config, needed, 'a start that recalls what is called how', 'aims to nothing');
}
