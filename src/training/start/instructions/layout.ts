/**
 * What a hidden state tells of instructions, behind the values of things: marks of the lines in which a game's actions
 * are told (`- NAME: when the star is red`), whether a line's condition is true, and the piece of a name that is to be
 * said.
 */
import { AgentError } from '../../../core/errors.js';
import type { TextConfig } from '../../../model/config/index.js';
import { CODE, type Span } from '../code/layout.js';
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
export const INSTRUCTIONS: Readonly<Record<InstructionSpan, Span>> = layOut();
/** Values of a hidden state up to the last of them. */
export const INSTRUCTIONS_END = THINGS_END + Object.values(sizes).reduce((sum, size) => sum + size, 0);

/**
 * Where a line's end keeps the two pieces of its name. From the third layer on nothing reads a place in text, and the
 * values that tell tokens apart are free.
 */
export const PIECES: readonly Span[] = [0, 1].map((piece) => ({
  start: CODE.content.start + piece * PIECE_SIZE,
  size: PIECE_SIZE,
}));

function layOut(): Record<InstructionSpan, Span> {
  let start = THINGS_END;
  const entries = Object.entries(sizes).map(([name, size]) => {
    const span = { start, size };
    start += size;
    return [name, span] as const;
  });
  return Object.fromEntries(entries) as Record<InstructionSpan, Span>;
}

/** Throws `config` where the network has too few values or heads for instructions. */
export function requireRoomForInstructions({ hiddenSize, heads }: TextConfig): void {
  if (hiddenSize >= INSTRUCTIONS_END && heads >= 7) return;
  throw new AgentError('config', 'the network is too small for a start that reads instructions', {
    expected: `hiddenSize ${INSTRUCTIONS_END}, heads 7 or more`,
    got: `hiddenSize ${hiddenSize}, heads ${heads}`,
    where: 'start.language',
    next: 'enlarge it, or set things.instructions to false',
  });
}
