/** Number tokens, read and written, that begin with the code of what they stand for. */
import type { Parameters } from '../../model/network/parameters.js';
import { spell } from '../vocabulary/byte-alphabet.js';
import { NUMBER_KINDS, type NumberKindName, numberToken } from '../vocabulary/split.js';
import { CODE, estimateCode, offsetCode, PATCH_MARK, patchCode, type SpanName, valueCode } from './code-layout.js';
import { edit, type Matrix } from './edit-parameter.js';

/** Tokens before every pixel query; without a strong value of their own they would pass for anything. */
const BEGINNING = ['<s>', ' [reconstruct]'];

/** Weight of the mark that says what follows: enough for most of the probability from the first step. */
const FOLLOWS = 10;

/** How a kind of number is coded: a coordinate along an axis, or a channel's value; and which kind it follows. */
const KINDS: Readonly<
  Record<NumberKindName, { axis?: 'Row' | 'Column'; mark?: SpanName; follows?: SpanName; channel?: number }>
> = {
  row: { axis: 'Row', mark: 'isRow' },
  columnOfColour: { axis: 'Column', mark: 'isColumn' },
  columnOfMask: { axis: 'Column', mark: 'isColumn' },
  first: { mark: 'isFirst', follows: 'isColumn', channel: 0 },
  middle: { mark: 'isMiddle', follows: 'isFirst', channel: 1 },
  // The mark of patches is free in text: here it says that the answer is over.
  last: { mark: 'isPatch', follows: 'isMiddle', channel: 2 },
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
    edit(parameters, 'language.head.kernel', (head) => {
      for (const kind of Object.keys(KINDS) as NumberKindName[]) {
        for (let number = 0; number < NUMBER_KINDS[kind].count; number++) {
          const id = ids[spell(numberToken(kind, number))];
          if (id === undefined) continue;
          codeToken(embedding, id, { kind, number, grid: Math.floor(side / patch), patch });
          codeOutput(head, id, kind, number);
        }
      }
      head.add(CODE.isPatch.start, ids['</s>'] as number, FOLLOWS);
      for (const text of BEGINNING) embedding.add(ids[text] as number, CODE.constant.start, PATCH_MARK);
      // Patches that look for a location token rest here instead of mixing each other's codes.
      for (const mark of ['isRow', 'isColumn'] as const) embedding.add(ids['<s>'] as number, CODE[mark].start, 1);
    });
  });
}

/** A channel's value is likely where its code is, behind the token that it follows. */
function codeOutput(head: Matrix, id: number, kind: NumberKindName, number: number): void {
  const { follows, channel } = KINDS[kind];
  if (!follows || channel === undefined) return;
  head.add(CODE[follows].start, id, FOLLOWS);
  for (const [i, value] of valueCode(number).entries()) head.add(CODE.value.start + i, id, 0.5 * value);
  for (const [i, value] of estimateCode(number).entries()) {
    head.add(CODE.estimate.start + 2 * channel + i, id, 0.75 * value);
  }
}

function codeToken(
  embedding: Matrix,
  row: number,
  { kind, number, grid, patch }: { kind: NumberKindName; number: number; grid: number; patch: number },
): void {
  const { axis, mark, channel } = KINDS[kind];
  embedding.add(row, CODE.constant.start, 1);
  if (mark) embedding.add(row, CODE[mark].start, 1);
  if (channel !== undefined) {
    embedding.addRow(row, CODE.estimate.start + 2 * channel, estimateCode(number), 0.75);
    embedding.addRow(row, CODE.value.start, valueCode(number), 0.5);
  }
  if (axis === undefined) return;
  embedding.addRow(row, CODE[`patch${axis}`].start, patchCode(Math.floor(number / patch), grid), 0.7);
  embedding.addRow(row, CODE[`offset${axis}`].start, offsetCode(number % patch, patch), 0.5);
}
