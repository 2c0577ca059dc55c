/** Number tokens, read and written, that begin with the code of what they stand for. */
import type { Parameters } from '../../../model/network/parameters.js';
import { spell } from '../../vocabulary/byte-alphabet.js';
import { NUMBER_KINDS, type NumberKindName, numberToken } from '../../vocabulary/split.js';
import { edit, type Matrix } from '../edit-parameter.js';
import {
  CODE,
  estimateCode,
  HEAD_GAIN,
  MARKS,
  offsetCode,
  PATCH_MARK,
  type SpanName,
  turnCode,
  valueCode,
} from './layout.js';

/** Tokens before every pixel query; without a strong value of their own they would pass for anything. */
const BEGINNING = ['<s>', ' [reconstruct]'];

/** Weight of the mark that says what follows: enough for most of the probability from the first step. */
const FOLLOWS = 10;

/** Deviation of the head's random part: what it adds to a bell's top decides between neighbouring values. */
const HEAD_NOISE = 0.003;

/** The angles that tell a row or column of patches; those of a row and a column add up to the patch's. */
export type PlaceAngles = Readonly<Record<'Row' | 'Column', (index: number) => readonly number[]>>;

/** How a kind of number is coded: a coordinate along an axis, or a channel's value, which follows another kind. */
const KINDS: Readonly<Record<NumberKindName, { axis?: 'Row' | 'Column'; mark?: SpanName; follows?: SpanName }>> = {
  row: { axis: 'Row', mark: 'isRow' },
  columnOfColour: { axis: 'Column', mark: 'isColumn' },
  columnOfMask: { axis: 'Column', mark: 'isColumn' },
  first: { mark: 'isFirst', follows: 'isColumn' },
  middle: { mark: 'isMiddle', follows: 'isFirst' },
  // The mark of patches is free in text: here it says that the answer is over.
  last: { mark: 'isPatch', follows: 'isMiddle' },
};

/**
 * @param ids of tokens by their text, as the vocabulary spells it.
 * @param patch in pixels. @param angles of the rows and columns of patches.
 */
export function codeTokens(
  parameters: Parameters,
  ids: Readonly<Record<string, number>>,
  { patch, angles }: { readonly patch: number; readonly angles: PlaceAngles },
): void {
  edit(parameters, 'language.embedding', (embedding) => {
    edit(parameters, 'language.head.kernel', (head) => {
      // Whoever has no mark shall have none by chance.
      head.rescale(HEAD_NOISE);
      head.scaleRows(CODE.isRow.start, MARKS + CODE.estimate.size, 0);
      embedding.scaleColumns(CODE.isRow.start, MARKS, 0);
      for (const kind of Object.keys(KINDS) as NumberKindName[]) {
        for (let number = 0; number < NUMBER_KINDS[kind].count; number++) {
          const id = ids[spell(numberToken(kind, number))];
          if (id === undefined) continue;
          codeToken(embedding, id, { kind, number, patch, angles });
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
  const { follows } = KINDS[kind];
  if (!follows) return;
  head.add(CODE[follows].start, id, FOLLOWS);
  for (const [i, value] of estimateCode(number).entries()) {
    head.add(CODE.estimate.start + i, id, HEAD_GAIN * value);
  }
}

function codeToken(
  embedding: Matrix,
  row: number,
  { kind, number, patch, angles }: { kind: NumberKindName; number: number; patch: number; angles: PlaceAngles },
): void {
  const { axis, mark, follows } = KINDS[kind];
  embedding.scaleRows(row, 1, 0);
  embedding.add(row, CODE.constant.start, 1);
  if (mark) embedding.add(row, CODE[mark].start, 1);
  if (follows) embedding.addRow(row, CODE.value.start, valueCode(number), 0.5);
  if (axis === undefined) return;
  const turns = angles[axis](Math.floor(number / patch));
  embedding.addRow(row, CODE[`turn${axis}`].start, turnCode(turns), 0.7);
  embedding.addRow(row, CODE[`offset${axis}`].start, offsetCode(number % patch, patch), 0.5);
}
