/** Embeddings of number tokens that begin with the code of what they stand for. */
import type { Parameters } from '../../model/network/parameters.js';
import { spell } from '../vocabulary/byte-alphabet.js';
import { NUMBER_KINDS, type NumberKindName, numberToken } from '../vocabulary/split.js';
import { CODE, offsetCode, patchCode, type SpanName, valueCode } from './code-layout.js';
import { edit, type Matrix } from './edit-parameter.js';

/** How a kind of number is coded: a coordinate along an axis, or a channel's value. */
const KINDS: Readonly<Record<NumberKindName, { axis?: 'Row' | 'Column'; mark?: SpanName }>> = {
  row: { axis: 'Row', mark: 'isRow' },
  columnOfColour: { axis: 'Column', mark: 'isColumn' },
  columnOfMask: { axis: 'Column', mark: 'isColumn' },
  first: { mark: 'isFirst' },
  middle: { mark: 'isMiddle' },
  last: {},
};

/**
 * @param ids of tokens by their text, as the vocabulary spells it.
 * @param side of the picture and of a patch, in pixels.
 */
export function codeTokens(
  parameters: Parameters,
  ids: Readonly<Record<string, number>>,
  { side, patch }: { readonly side: number; readonly patch: number },
): void {
  edit(parameters, 'language.embedding', (embedding) => {
    for (const kind of Object.keys(KINDS) as NumberKindName[]) {
      for (let number = 0; number < NUMBER_KINDS[kind].count; number++) {
        const row = ids[spell(numberToken(kind, number))];
        if (row !== undefined) codeToken(embedding, row, { kind, number, grid: Math.floor(side / patch), patch });
      }
    }
  });
}

function codeToken(
  embedding: Matrix,
  row: number,
  { kind, number, grid, patch }: { kind: NumberKindName; number: number; grid: number; patch: number },
): void {
  const { axis, mark } = KINDS[kind];
  embedding.add(row, CODE.constant.start, 1);
  if (mark) embedding.add(row, CODE[mark].start, 1);
  if (axis === undefined) {
    embedding.addRow(row, CODE.value.start, valueCode(number), 0.5);
    return;
  }
  embedding.addRow(row, CODE[`patch${axis}`].start, patchCode(Math.floor(number / patch), grid), 0.7);
  embedding.addRow(row, CODE[`offset${axis}`].start, offsetCode(number % patch, patch), 0.5);
}
