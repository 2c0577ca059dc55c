/**
 * What a decoder begins to learn masks with. The token that asks for a pixel's mask names its column as the one does
 * that asks for its colour, so that the place is found and the pixel is read; but then a colour is due, and with near
 * certainty. A mark of its own makes `0` and `1` due instead, and lets it take over what was found for the words before
 * it, as whoever answers does. Without it the first updates do little but unlearn colours, and take along what finds
 * words (docs/decisions/0016).
 */
import type { Network } from '../../model/network/network.js';
import type { Tokenizer } from '../../model/text/index.js';
import { MASK_ANSWERS } from '../tasks/segmentation.js';
import { NUMBER_KINDS, type NumberKindName, numberToken } from '../vocabulary/split.js';
import { edit } from './edit-parameter.js';
import { INSTRUCTIONS_END } from './instructions/layout.js';
import { THINGS } from './things/layout.js';

/** How much less likely a colour's value is behind the mark, whatever was estimated, and how much likelier 0 and 1. */
const [NO_VALUE, ANSWERS] = [100, 5];
const VALUES = ['first', 'middle', 'last'] as const satisfies readonly NumberKindName[];
/** Weight of the mark before the head, as that of the marks of colours. */
const MARK_SCALE = 4;

/**
 * Readies a decoder that began with the code of places and things; the mark is the last value of the hidden state.
 * Leaves one alone that has no value to spare.
 */
export function readyForMasks({ parameters, config }: Network, tokenizer: Tokenizer): void {
  const mark = config.text.hiddenSize - 1;
  if (mark < INSTRUCTIONS_END) return;
  const idOf = (text: string): number => tokenizer.encode(text)[0] as number;
  edit(parameters, 'language.embedding', (embedding) => {
    embedding.scaleColumns(mark, 1, 0);
    for (let column = 0; column < NUMBER_KINDS.columnOfMask.count; column++) {
      const id = idOf(numberToken('columnOfMask', column));
      embedding.add(id, mark, 1);
      embedding.add(id, THINGS.isAsking.start, 1);
    }
  });
  for (let layer = 0; layer < config.text.layers; layer++) {
    for (const part of ['attention.out', 'mlp.out']) {
      edit(parameters, `language.${layer}.${part}.kernel`, (matrix) => matrix.scaleColumns(mark, 1, 0));
    }
  }
  edit(parameters, 'language.norm.scale', ({ data }) => {
    data[mark] = MARK_SCALE;
  });
  edit(parameters, 'language.head.kernel', (head) => {
    head.scaleRows(mark, 1, 0);
    for (const kind of VALUES) {
      for (let value = 0; value < NUMBER_KINDS[kind].count; value++) {
        head.add(mark, idOf(numberToken(kind, value)), -NO_VALUE);
      }
    }
    for (const answer of MASK_ANSWERS) head.add(mark, idOf(answer), ANSWERS);
  });
}
