/** Words that begin with the code of what they mean, and answers that begin with what they are read from. */
import type { Parameters } from '../../../model/network/parameters.js';
import { SHAPE_NAMES } from '../../pictures/scenes/shapes.js';
import { spell } from '../../vocabulary/byte-alphabet.js';
import { NUMBER_KINDS, type NumberKindName, numberToken, PLACES } from '../../vocabulary/split.js';
import { CODE } from '../code/layout.js';
import { edit, type Matrix } from '../edit-parameter.js';
import { ATTRIBUTE_WORDS, edgeCode, THINGS, type ThingSpan, WORD } from './layout.js';

/** Deviation of what tells tokens apart beside their codes. */
const IDENTITY = 0.08;
/** Strength of the mark of the first token, beside the strong constant that it has. */
const BEGIN = 4;
/** How strongly an attribute that was found is answered, and an edge. */
const [SAYS, SAYS_EDGE] = [3, 4];
/** How strongly a number follows the question for a box, and the weight of that mark. */
const [FOLLOWS, MARK_SCALE] = [10, 4];
const BOX = ' box: ';
const NOUNS: ReadonlySet<string> = new Set([...SHAPE_NAMES, 'object']);

/** Lets random embeddings tell tokens apart, and leaves the values of things free. To be called before all codes. */
export function tellTokensApart(parameters: Parameters): void {
  edit(parameters, 'language.embedding', (embedding) => {
    embedding.rescale(IDENTITY);
    // Where nothing of it is taken for a place, a value or a thing.
    embedding.scaleColumns(0, CODE.content.start, 0);
    const behind = CODE.content.start + CODE.content.size;
    embedding.scaleColumns(behind, embedding.columns - behind, 0);
  });
}

/** @param ids of tokens by their text, as the vocabulary spells it. */
export function codeWords(parameters: Parameters, ids: Readonly<Record<string, number>>): void {
  edit(parameters, 'language.embedding', (embedding) => {
    edit(parameters, 'language.head.kernel', (head) => {
      const mark = (text: string, span: ThingSpan, value = 1): void => {
        const id = ids[text];
        if (id !== undefined) embedding.add(id, THINGS[span].start, value);
      };
      for (const word of [...ATTRIBUTE_WORDS, 'object']) {
        const index = ATTRIBUTE_WORDS.indexOf(word);
        for (const text of [word, ` ${word}`, ` ${word}s`, ` ${word}es`].map(spell)) {
          const id = ids[text];
          if (id === undefined) continue;
          mark(text, NOUNS.has(word) ? 'isNoun' : 'isAdjective');
          if (index < 0) continue;
          embedding.add(id, THINGS.words.start + index, WORD);
          head.add(THINGS.things.start + index, id, SAYS);
        }
      }
      mark('<s>', 'isBegin', BEGIN);
      for (const text of ['<|assistant|>', BOX]) {
        // Told by their marks alone: what else they said would be taken for a colour.
        embedding.scaleRows(ids[text] as number, 1, 0);
        mark(text, 'isAsking');
      }
      mark(BOX, 'isBoxAsked');
      codeEdges(head, ids);
    });
  });
  edit(parameters, 'language.norm.scale', ({ data }) => {
    data[THINGS.isBoxAsked.start] = MARK_SCALE;
  });
}

/** A number is likely where the edge that is due lies. */
function codeEdges(head: Matrix, ids: Readonly<Record<string, number>>): void {
  for (const kind of ['first', 'middle', 'last'] as const satisfies readonly NumberKindName[]) {
    for (let number = 0; number < Math.min(PLACES, NUMBER_KINDS[kind].count); number++) {
      const id = ids[spell(numberToken(kind, number))];
      if (id === undefined) continue;
      for (const [i, value] of edgeCode(number).entries()) head.add(THINGS.edge.start + i, id, SAYS_EDGE * value);
      if (kind === 'first') head.add(THINGS.isBoxAsked.start, id, FOLLOWS);
    }
  }
}
