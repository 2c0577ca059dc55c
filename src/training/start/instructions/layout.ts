/**
 * What a hidden state tells of instructions, behind the values of things: marks of the lines in which a game's actions
 * are told (`- NAME: when the star is red`), whether a line's condition is true, and the piece of a name that is to be
 * said.
 */
import type { TextConfig } from '../../../model/config/index.js';
import { CODE } from '../code/layout.js';
import { endOfSpans, layOutSpans, requireSizes, type Span } from '../spans.js';
import { THINGS_END } from '../things/layout.js';

/** Values by which a piece of a name is told: the first of the token's own. */
export const PIECE_SIZE = 40;

const sizes = {
  /** Words that are no attribute, and marks of punctuation. */
  isText: 1,
  isDash: 1,
  isLineEnd: 1,
  /** The first token of a name, behind the dash; and what follows it: the second, or the colon. */
  isFirstPiece: 1,
  isSecondPiece: 1,
  /** The first token of an answer. */
  isAnswered: 1,
  /** Of a line's end: how well what the line says fits the picture. */
  truth: 1,
  /** The piece that is to be said. */
  said: PIECE_SIZE,
};

export type InstructionSpan = keyof typeof sizes;

/** Where each part lies. */
export const INSTRUCTIONS: Readonly<Record<InstructionSpan, Span>> = layOutSpans(sizes, THINGS_END);
/** Where a part begins. */
export const mark = (span: InstructionSpan): number => INSTRUCTIONS[span].start;
/** The layer in which a line is judged: its first two heads take what was found for a noun, and where. */
export const JUDGE = 2;
/** Values of a hidden state up to the last of them. */
export const INSTRUCTIONS_END = endOfSpans(sizes, THINGS_END);

/**
 * Where a line's end keeps the two pieces of its name. From the third layer on nothing reads a place in text, and the
 * values that tell tokens apart are free.
 */
export const PIECES: readonly [first: Span, second: Span] = [
  { start: CODE.content.start, size: PIECE_SIZE },
  { start: CODE.content.start + PIECE_SIZE, size: PIECE_SIZE },
];

/** Throws `config` where the network has too few values or heads for instructions. */
export function requireRoomForInstructions(config: TextConfig): void {
  const needed = { hiddenSize: INSTRUCTIONS_END, heads: 7 };
  requireSizes(config, needed, 'a start that reads instructions', 'things.instructions to false');
}
