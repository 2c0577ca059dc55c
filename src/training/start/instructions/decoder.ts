/**
 * A decoder that begins by reading instructions. The end of a line takes the last word of its condition, what was found
 * for the noun before, and the two pieces of the action's name. How well the first two fit is the line's truth. Who
 * answers attends to the line that is true and says the first piece of its name; the first piece then says the second.
 */
import type { TextConfig } from '../../../model/config/index.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { type HeadMatrices, lookUpHeads, setHeads } from '../code/decoder.js';
import { CODE } from '../code/layout.js';
import { setProducts } from '../product-units.js';
import { THINGS } from '../things/layout.js';
import { at, copy, rest, Slots } from '../things/slots.js';
import { type InstructionSpan, JUDGE, mark, PIECE_SIZE, PIECES } from './layout.js';
import { lookUpContentAlone, quieten } from './quiet.js';

/** Heads of the first two layers that places and things have; of the third and the fourth. */
const TAKEN = [5, 5, 4, 4] as const;
/** Heads of each layer that mark lines and their names, take over what makes a line, and say the name. */
export const NAMING_HEADS = TAKEN.map((begin) => ({ begin, count: 2 }));
/** How strongly the marks of a name's pieces are written: more than what else their tokens say. */
const MARK = 8;
/** Normed value of a mark that stands alone, about: the root of the hidden size. */
const ALONE = 18;

/** Marks of which every token has one: who finds nothing rests. */
const EVERYONE: readonly number[] = [
  ...(['isText', 'isDash', 'isLineEnd', 'isFirstPiece', 'isSecondPiece', 'isAnswered'] as const).map(mark),
  ...(['isNoun', 'isAdjective', 'isAsking'] as const).map((span) => at(span)),
  CODE.constant.start,
];

/** Text that ends no line is not judged. */
const NO_LINE_ENDS = [mark('isText'), mark('isDash'), at('isNoun'), at('isAdjective'), at('isAsking')];

/** Sets heads that are free behind those of things. */
export function instructionsDecoder(parameters: Parameters, config: TextConfig): void {
  const slots = new Slots(config);
  const words = [mark('isText'), at('isNoun'), at('isAdjective')];
  const behind = (from: number, to: number, source: number, strength: number) => (m: HeadMatrices) =>
    markBehind(m, slots, { words, from, to, source, strength });
  const layers: readonly (readonly ((m: HeadMatrices) => void)[])[] = [
    [behind(mark('isDash'), mark('isFirstPiece'), ALONE, 1.7), behind(at('isAsking'), mark('isAnswered'), ALONE, 1.7)],
    [behind(mark('isFirstPiece'), mark('isSecondPiece'), 0.98 * ALONE, 1.7), (m) => lastWord(m, slots)],
    [(m) => takePiece(m, slots, 'isFirstPiece', 0), (m) => takePiece(m, slots, 'isSecondPiece', 1)],
    [(m) => say(m, slots, at('isAsking'), 0), (m) => say(m, slots, mark('isAnswered'), 1)],
  ];
  quieten(parameters, config);
  lookUpContentAlone(parameters, config);
  // Lines look up no pixels, and names keep what tells them apart.
  setHeads(parameters, 1, config, lookUpHeads(config), (_, m) => readNothing(m, slots), { isAdded: true });
  // An edge is due where a box was asked for, and nowhere else.
  setHeads(parameters, 3, config, TAKEN[3], (_, m) => edgesOfBoxes(m, slots), { isAdded: true });
  for (const [layer, heads] of layers.entries()) {
    setHeads(parameters, layer, config, heads.length, (i, m) => heads[i]?.(m), { begin: TAKEN[layer] as number });
  }
  // What was found for the noun of a condition is taken as answers take it.
  setHeads(parameters, JUDGE, config, 2, (_, m) => subject(m, slots), { isAdded: true });
  setProducts(
    parameters,
    JUDGE,
    config.intermediateSize,
    Array.from({ length: THINGS.words.size }, (_, i) => ({
      gate: at('words', i),
      factor: at('things', i),
      silent: [...NO_LINE_ENDS, CODE.isPatch.start],
      outputs: [[mark('truth'), 0.2]] as const,
    })),
  );
}

function readNothing(m: HeadMatrices, slots: Slots): void {
  for (const name of ['isText', 'isLineEnd'] as const) m.query(mark(name), slots.still(0), 4);
}

function edgesOfBoxes(m: HeadMatrices, slots: Slots): void {
  for (const one of NO_LINE_ENDS) m.query(one, slots.still(1), 4);
  m.query(at('isBoxAsked'), slots.still(1), -12);
  m.key(at('isNoun'), slots.still(0), 4);
  m.key(at('isBegin'), slots.still(1), 4);
}

interface Behind {
  readonly words: readonly number[];
  /** The mark that is looked for one token before, and the one that is set. */
  readonly from: number;
  readonly to: number;
  /** Normed value of the former. */
  readonly source: number;
  readonly strength: number;
}

/** Marks the token behind a marked one. */
function markBehind(m: HeadMatrices, slots: Slots, { words, from, to, source, strength }: Behind): void {
  // The fast pair tells neighbours apart, the slow ones turns after turn of the fast.
  for (const [pair, weight] of [
    [0, 1.2],
    [2, 1],
    [3, 1],
  ] as const) {
    slots.near(m, pair, { distance: 1, from: words, to: from, strength: weight * strength });
  }
  rest(m, slots.still(0), EVERYONE, (3.2 * strength ** 2 * source) / 8);
  const gain = Math.sqrt(MARK / source);
  m.value(from, 0, gain);
  m.output(0, to, gain);
}

/** The end of a line takes the attribute before it. */
function lastWord(m: HeadMatrices, slots: Slots): void {
  for (const to of [at('isNoun'), at('isAdjective')]) {
    for (const pair of [1, 3]) slots.near(m, pair, { distance: 1, from: [mark('isLineEnd')], to, strength: 3 });
  }
  const { start, size } = THINGS.words;
  copy(m, { from: start, to: start, size }, [0.5, 0.5]);
}

/** The end of a line asks for the noun some three tokens before: behind it come `is` and what it is said to be. */
function subject(m: HeadMatrices, slots: Slots): void {
  for (const [pair, strength] of [
    [0, 1],
    [2, 2],
    [3, 1.8],
  ] as const) {
    slots.near(m, pair, { distance: 3.5, from: [mark('isLineEnd')], to: at('isNoun'), strength });
    // A noun that was found says less of being one.
    for (let i = 0; i < THINGS.things.size; i++) m.key(at('things', i), pair, 0.3 * strength);
  }
}

/** The end of a line takes over a piece of the name that stands nearest before it. */
function takePiece(m: HeadMatrices, slots: Slots, name: InstructionSpan, piece: 0 | 1): void {
  for (const pair of [3, 4]) {
    slots.near(m, pair, { distance: 0, from: [mark('isLineEnd')], to: mark(name), strength: 1.7 });
  }
  rest(m, slots.still(0), EVERYONE, 2);
  copy(m, { from: PIECES[0].start, to: PIECES[piece].start, size: PIECE_SIZE }, [1.7, 1.7]);
}

/** Attends to the line that is true. */
function say(m: HeadMatrices, slots: Slots, from: number, piece: 0 | 1): void {
  m.query(from, slots.still(0), 8);
  m.key(mark('truth'), slots.still(0), 1.5);
  m.key(at('isBegin'), slots.still(0), 0.4);
  for (const other of EVERYONE) if (other !== from) m.query(other, slots.still(2), 4);
  m.key(at('isBegin'), slots.still(2), 4);
  copy(m, { from: PIECES[piece].start, to: mark('said'), size: PIECE_SIZE }, [1.7, 1.7]);
}
