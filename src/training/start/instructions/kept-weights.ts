/**
 * The weights by which a decoder that began with instructions finds what words name, judges lines, keeps their names
 * and says the name of the line that is true. What it cannot judge yet, as places and numbers, is learnt beside them.
 */
import type { Network } from '../../../model/network/network.js';
import type { Keeping } from '../keeping.js';
import type { Span } from '../spans.js';
import { FINDING_HEADS } from '../things/decoder.js';
import { THINGS } from '../things/layout.js';
import { NAMING_HEADS } from './decoder.js';
import { INSTRUCTIONS_END, JUDGE, mark, PIECE_SIZE, PIECES, requireRoomForInstructions } from './layout.js';

/** What words say and what was found for them. */
const FOUND: readonly Span[] = [THINGS.words, THINGS.things];
const MARKS: readonly Span[] = (['isNoun', 'isAdjective', 'isBegin', 'isAsking'] as const).map((span) => THINGS[span]);
/** Marks of lines, how true they are, and what is to be said. */
const LINES: Span = { start: mark('isText'), size: INSTRUCTIONS_END - mark('isText') };
/** The same without the truth: to it the layer that judges may add what it learns. */
const BESIDE_TRUTH: readonly Span[] = [
  { start: LINES.start, size: mark('truth') - LINES.start },
  { start: mark('truth') + 1, size: INSTRUCTIONS_END - mark('truth') - 1 },
];

/** Adds them to what stays. Throws `config` for a network that has no room for instructions. */
export function keepInstructions({ config: { text } }: Network, kept: Keeping): void {
  requireRoomForInstructions(text);
  const read = [...FOUND, ...MARKS, LINES, ...PIECES];
  for (const { start, size } of read) kept.columns('embedding', start, size);
  kept.rows('head.kernel', mark('said'), PIECE_SIZE);
  kept.columns('norm.scale', mark('said'), PIECE_SIZE);
  for (const [layer, heads] of NAMING_HEADS.entries()) {
    kept.heads(layer, text, heads);
    for (const span of read) kept.scaled(layer, span);
    const isJudge = layer === JUDGE;
    for (const span of isJudge ? [...MARKS, ...BESIDE_TRUTH, ...PIECES] : [...MARKS, LINES]) kept.written(layer, span);
    // Behind the judge nothing depends on what was found but answers, which may learn to correct it.
    if (layer > JUDGE) continue;
    kept.heads(layer, text, { begin: FINDING_HEADS[layer] as number, count: 1 });
    for (const span of FOUND) {
      if (isJudge) kept.columns(`${layer}.attention.out.kernel`, span.start, span.size);
      else kept.written(layer, span);
    }
  }
  kept.units(JUDGE, text, 2 * THINGS.words.size);
}
