/**
 * A decoder that reads instructions, made to recall: behind the word of what it wants to do (its aim, the last word of
 * an action's description) it says what the list of actions calls that. The end of a line takes the word before it;
 * who has said an aim attends to the line with the same word and says the first piece of its name, and the first piece
 * finds its line again and says the second. All of it is weights of heads that were free, as in decision 0015; what was
 * measured is in decision 0020.
 */
import type { TextConfig } from '../../../model/config/index.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { type HeadMatrices, setHeads } from '../code/decoder.js';
import { CODE } from '../code/layout.js';
import { edit } from '../edit-parameter.js';
import { NAMING_HEADS } from '../instructions/decoder.js';
import { JUDGE, mark, PIECES } from '../instructions/layout.js';
import { at, copy, rest, Slots } from '../things/slots.js';
import { LAST_WORD, RECALL_HEADS, requireRoomForRecall, SAY_LAYER, WORD_LAYER } from './layout.js';

const WORDS = [mark('isText'), at('isNoun'), at('isAdjective')] as const;
const OTHERS = [mark('isDash'), at('isAsking'), CODE.isPatch.start] as const;
/** Values by which a word is found again: as many as there are slots that distance hardly turns. */
const MATCHED = 30;
/** How sharply an aim finds its line, and the first piece of a name the same line again. */
const [AIM_MATCH, PIECE_MATCH] = [30, 60];
/** How strongly the piece that was found is said. */
const SAYS = 5;

/** Sets the heads. Throws `config` for a network that has no room for them. */
export function recallDecoder(parameters: Parameters, config: TextConfig): void {
  requireRoomForRecall(config);
  const slots = new Slots(config);
  quieten(parameters, config);
  setHeads(parameters, WORD_LAYER, config, 1, (_, m) => takeLastWord(m, slots), RECALL_HEADS[WORD_LAYER]);
  takePiecesFromAfar(parameters, config, slots);
  const say = [sayFirst, sayNext];
  setHeads(parameters, SAY_LAYER, config, 2, (i, m) => say[i]?.(m, slots), RECALL_HEADS[SAY_LAYER]);
}

/** Nothing but the head that takes the last word writes where it is kept. */
function quieten(parameters: Parameters, { layers }: TextConfig): void {
  const written = Array.from({ length: layers }, (_, layer) =>
    ['attention.out', 'mlp.out'].map((p) => `${layer}.${p}`),
  );
  const names = [...written.flat().map((part) => `language.${part}.kernel`), 'language.embedding'];
  for (const name of [...names, 'projector.out.kernel', 'projector.out.bias']) {
    edit(parameters, name, (matrix) => matrix.scaleColumns(LAST_WORD.start, LAST_WORD.size, 0));
  }
}

/** Several turns together tell the neighbour from all other words of a long prompt. */
function takeLastWord(m: HeadMatrices, slots: Slots): void {
  for (const [pair, strength] of [
    [0, 9],
    [1, 6],
    [2, 6],
    [3, 6],
    [5, 6],
    [7, 6],
  ] as const) {
    for (const to of WORDS) slots.near(m, pair, { distance: 1, from: [mark('isLineEnd')], to, strength });
  }
  rest(m, slots.still(0), [...WORDS, ...OTHERS], 4);
  copy(m, { from: CODE.content.start, to: LAST_WORD.start, size: LAST_WORD.size }, [2, 2]);
}

/**
 * A line's end takes the pieces that stand nearest before it, however long the description between them is: slower
 * turns than made-up games needed.
 */
function takePiecesFromAfar(parameters: Parameters, config: TextConfig, slots: Slots): void {
  const { begin, count } = NAMING_HEADS[JUDGE] as { readonly begin: number; readonly count: number };
  const { heads, headDim } = config;
  edit(parameters, `language.${JUDGE}.attention.in.kernel`, (matrix) => {
    for (const first of [0, heads]) matrix.scaleColumns((first + begin) * headDim, count * headDim, 0);
  });
  const marks = [mark('isFirstPiece'), mark('isSecondPiece')] as const;
  const everyone = [...WORDS, mark('isDash'), mark('isLineEnd'), ...marks, mark('isAnswered'), at('isAsking')];
  const take = (piece: number, m: HeadMatrices): void => {
    const to = marks[piece] as number;
    for (const pair of [5, 8]) slots.near(m, pair, { distance: 0, from: [mark('isLineEnd')], to, strength: 3 });
    rest(m, slots.still(0), [...everyone, CODE.constant.start], 2);
  };
  setHeads(parameters, JUDGE, config, count, take, { begin, isAdded: true });
}

/** The aim, which is the first token of an answer, finds the line whose last word it is. All others rest. */
function sayFirst(m: HeadMatrices, slots: Slots): void {
  match(m, slots, LAST_WORD.start, AIM_MATCH);
  rest(m, slots.still(0), [...WORDS, ...OTHERS, mark('isLineEnd')], 6);
  m.query(mark('isAnswered'), slots.still(0), -18);
  copy(m, { from: PIECES[0].start, to: mark('said'), size: PIECES[0].size }, [SAYS, SAYS]);
}

/** The first piece of a name finds the line that has it. An aim may be another line's name, and rests. */
function sayNext(m: HeadMatrices, slots: Slots): void {
  match(m, slots, PIECES[0].start, PIECE_MATCH);
  rest(m, slots.still(0), [...OTHERS, mark('isLineEnd')], 6);
  for (const word of WORDS) m.query(word, slots.still(0), 1);
  m.query(mark('isAnswered'), slots.still(0), 12);
  copy(m, { from: PIECES[1].start, to: mark('said'), size: PIECES[1].size }, [SAYS, SAYS]);
}

/** Attends to line ends, whose values from `key` on are like the token's own; pictures have such values, too. */
function match(m: HeadMatrices, slots: Slots, key: number, sharpness: number): void {
  for (let i = 0; i < MATCHED; i++) {
    m.query(CODE.content.start + i, slots.still(i + 1), sharpness);
    m.key(key + i, slots.still(i + 1), 1);
  }
  const gate = slots.still(MATCHED + 1);
  for (const word of WORDS) m.query(word, gate, 3);
  m.key(CODE.isPatch.start, gate, -3);
  m.key(mark('isLineEnd'), gate, 3);
}
