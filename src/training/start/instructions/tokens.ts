/** Marks of the tokens that instructions are made of, and names that are said by what tells their tokens apart. */
import type { Parameters } from '../../../model/network/parameters.js';
import { JUDGEMENTS } from '../../tasks/language.js';
import { spell } from '../../vocabulary/byte-alphabet.js';
import { CODE } from '../code/layout.js';
import { edit } from '../edit-parameter.js';
import { THINGS } from '../things/layout.js';
import { INSTRUCTIONS, mark, PIECE_SIZE, PIECES } from './layout.js';

/** How strongly a piece that is to be said is answered. */
const SAYS = 8;
/** How strongly a line's truth says yes, and against no. */
const JUDGES = 1;
/** Strength of a mark that stands alone in its token: far above what is written there by chance. */
const ALONE = 3;
/** Words, pieces of words and punctuation, without numbers that stand for places or values. */
const TEXT = /^ ?(?:\p{L}+|[.,:;?!'"]|[0-9])$/u;

/** @param ids of tokens by their text, as the vocabulary spells it. To be called behind `codeWords`. */
export function codeInstructions(parameters: Parameters, ids: Readonly<Record<string, number>>): void {
  const idOf = (text: string): number => ids[text] as number;
  const [dash, lineEnd, colon] = ['-', '\n', ':'].map((text) => idOf(spell(text))) as [number, number, number];
  const [begin, end] = [idOf('<s>'), idOf('</s>')];
  edit(parameters, 'language.embedding', (embedding) => {
    edit(parameters, 'language.head.kernel', (head) => {
      const says = (id: number, like: number): void => {
        for (let i = 0; i < PIECE_SIZE; i++) {
          const value = embedding.data[like * embedding.columns + PIECES[0].start + i] as number;
          head.add(INSTRUCTIONS.said.start + i, id, SAYS * value);
        }
      };
      for (const [text, id] of words(ids)) {
        const isMarked = (['isNoun', 'isAdjective'] as const).some(
          (mark) => embedding.data[id * embedding.columns + THINGS[mark].start] !== 0,
        );
        if (!isMarked) embedding.add(id, INSTRUCTIONS.isText.start, 1);
        if (text !== ':') says(id, id);
      }
      // Behind a name of one token stands the colon, where the answer ends.
      says(end, colon);
      for (const [id, span] of [
        [dash, 'isDash'],
        [lineEnd, 'isLineEnd'],
      ] as const) {
        // Told by their marks alone.
        embedding.scaleRows(id, 1, 0);
        embedding.add(id, mark(span), ALONE);
      }
      // How true a line is can be said where it ends: what training asks for there.
      for (const [said, sign] of Object.entries({ [JUDGEMENTS.true]: 1, [JUDGEMENTS.false]: -1 })) {
        head.add(mark('truth'), idOf(said), JUDGES * sign);
      }
      for (const text of ['<|assistant|>', ' box: ']) embedding.add(idOf(text), THINGS.isAsking.start, ALONE - 1);
      // Who rests on the first token takes nothing over.
      embedding.scaleBlock({ start: begin, size: 1 }, CODE.content, 0);
    });
  });
}

function words(ids: Readonly<Record<string, number>>): [text: string, id: number][] {
  return Object.entries(ids).flatMap(([spelling, id]) => {
    const text = spelling.replaceAll(spell(' '), ' ');
    return TEXT.test(text) ? [[text, id] as [string, number]] : [];
  });
}
