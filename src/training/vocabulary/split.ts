/**
 * Where a text is cut before byte pairs are merged. Places and colours are cut out whole, together with the words and
 * marks around them, so that the y of a place, its x, and each channel of a colour have tokens of their own: ` loc:
 * [12`, `,34] rgb: `, `[200`, `,17`, `,255]`. What is left is cut as GPT-2 does, but for digits, which stand alone.
 */

/** Kinds of number tokens: what stands before and behind the number, and the numbers there are. */
export interface NumberKind {
  readonly before: string;
  readonly behind: string;
  /** Numbers from 0 to `count` − 1. */
  readonly count: number;
}

/** Coordinates of a picture of 96 × 96, and of the largest that the vocabulary can point into. */
export const PLACES = 96;
/** Values of a channel. */
export const VALUES = 256;

/** Every kind, by the name that the rest of the training uses. */
export const NUMBER_KINDS = {
  row: { before: ' loc: [', behind: '', count: PLACES },
  columnOfColour: { before: ',', behind: '] rgb: ', count: PLACES },
  columnOfMask: { before: ',', behind: '] mask: ', count: PLACES },
  first: { before: '[', behind: '', count: VALUES },
  middle: { before: ',', behind: '', count: VALUES },
  last: { before: ',', behind: ']', count: VALUES },
} as const satisfies Record<string, NumberKind>;

export type NumberKindName = keyof typeof NUMBER_KINDS;

/** The text of a number token. */
export function numberToken(kind: NumberKindName, value: number): string {
  const { before, behind } = NUMBER_KINDS[kind];
  return `${before}${value}${behind}`;
}

/** For Rust's and JavaScript's regular expressions alike; the longest number tokens come first. */
export const SPLIT_PATTERN = [
  ' loc: \\[[0-9]{1,3}',
  ',[0-9]{1,3}\\] (?:rgb|mask): ',
  '\\[[0-9]{1,3}',
  ',[0-9]{1,3}\\]?',
  '[0-9]',
  ' ?\\p{L}+',
  ' ?[^\\s\\p{L}0-9]+',
  '\\s+(?!\\S)',
  '\\s+',
].join('|');

/** The pieces of a text; together they are the text. */
export function splitText(text: string): string[] {
  return text.match(new RegExp(SPLIT_PATTERN, 'gu')) ?? [];
}
