/**
 * The weights by which a decoder that began with instructions tells lines from other text, keeps their names, and says
 * the name of the line that is true. Which line is true is not among them: that is learnt.
 */
import type { Network } from '../../../model/network/network.js';
import type { Keeping } from '../keeping.js';
import type { Span } from '../spans.js';
import { THINGS } from '../things/layout.js';
import { NAMING_HEADS } from './decoder.js';
import {
  INSTRUCTIONS,
  INSTRUCTIONS_END,
  JUDGE,
  mark,
  PIECE_SIZE,
  PIECES,
  requireRoomForInstructions,
} from './layout.js';

/** Adds them to what stays. Throws `config` for a network that has no room for instructions. */
export function keepInstructions({ config: { text } }: Network, kept: Keeping): void {
  requireRoomForInstructions(text);
  const marks: readonly Span[] = [
    { start: mark('isText'), size: INSTRUCTIONS_END - mark('isText') },
    ...(['isNoun', 'isAdjective', 'isBegin', 'isAsking'] as const).map((span) => THINGS[span]),
  ];
  for (const { start, size } of [...marks, ...PIECES]) kept.columns('embedding', start, size);
  kept.rows('head.kernel', mark('said'), PIECE_SIZE);
  kept.columns('norm.scale', mark('said'), PIECE_SIZE);
  for (const [layer, heads] of NAMING_HEADS.entries()) {
    kept.heads(layer, text, heads);
    for (const span of [...marks, ...PIECES]) kept.scaled(layer, span);
    for (const span of layer === JUDGE ? [...besideTruth(marks), ...PIECES] : marks) kept.written(layer, span);
  }
}

/** The layer that judges may learn to write how true a line is. */
function besideTruth(marks: readonly Span[]): Span[] {
  const { start } = INSTRUCTIONS.truth;
  return marks.flatMap((span) => {
    const end = span.start + span.size;
    if (start < span.start || start >= end) return [span];
    return [
      { start: span.start, size: start - span.start },
      { start: start + 1, size: end - start - 1 },
    ];
  });
}
