/**
 * A decoder that begins by looking for what words name. In the first layer a noun collects the adjectives before it; in
 * the second it attends to the patches of things that its words fit, and takes over what they say; in the third whoever
 * answers takes it from the noun, and in the last one the edge of a box that is due.
 */
import type { TextConfig } from '../../../model/config/index.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { type HeadMatrices, setHeads } from '../code/decoder.js';
import { CODE } from '../code/layout.js';
import { EDGE_SIZE, THINGS, type ThingSpan } from './layout.js';
import { at, copy, rest, Slots } from './slots.js';

/** Heads that the code of places takes in the first two layers. */
const TAKEN = 2;
/**
 * By layer: the head that gathers a noun's adjectives, that which finds the thing, and that by which an answer takes
 * over what was found.
 */
export const FINDING_HEADS = [TAKEN, TAKEN, 0] as const;
/** Tokens between an answer and the first noun of a long question. */
const FAR = 30;

/** Sets the free heads of the four layers. */
export function thingsDecoder(parameters: Parameters, config: TextConfig): void {
  const slots = new Slots(config);
  const first = [gatherAdjectives, markSecond, markInBox];
  setHeads(parameters, 0, config, first.length, (i, m) => first[i]?.(m, slots), { begin: TAKEN });
  setHeads(parameters, 1, config, TAKEN, (_, m) => readNothing(m, slots), { isAdded: true });
  const second = [
    (m: HeadMatrices) => lookUp(m, slots, ['things']),
    (m: HeadMatrices) => lookUp(m, slots, ['box']),
    (m: HeadMatrices) => countUp(m, slots),
  ];
  setHeads(parameters, 1, config, second.length, (i, m) => second[i]?.(m), { begin: TAKEN });
  const third = [
    (m: HeadMatrices) => fromNoun(m, slots, 0, ['things', 'count']),
    (m: HeadMatrices) => fromNoun(m, slots, 0, ['box']),
  ];
  setHeads(parameters, 2, config, third.length, (i, m) => third[i]?.(m));
  // What is taken from the first of two nouns has to be learnt: in a difference, most of the time.
  setHeads(parameters, 2, config, 2, (_, m) => fromNoun(m, slots, FAR, []), { begin: third.length, keepsValues: true });
  setHeads(parameters, 3, config, 4, (edge, m) => answerEdge(m, slots, edge));
}

/** Takes spans over, and writes them where they stand. */
function copySpans(m: HeadMatrices, spans: readonly ThingSpan[], into: number, out: number): void {
  let slot = 0;
  for (const span of spans) {
    const { start, size } = THINGS[span];
    copy(m, { from: start, to: start, size, slot }, [into, out]);
    slot += size;
  }
}

/** A noun takes the adjectives of the three tokens before it. */
function gatherAdjectives(m: HeadMatrices, slots: Slots): void {
  slots.near(m, 2, { distance: 2, from: [at('isNoun')], to: at('isAdjective'), strength: 3.1 });
  rest(m, slots.still(0), [at('isNoun')], 6.3);
  copySpans(m, ['words'], 0.5, 0.5);
}

/** The number behind the first number of an answer. */
function markSecond(m: HeadMatrices, slots: Slots): void {
  slots.near(m, 0, { distance: 1, from: [CODE.isMiddle.start], to: CODE.isFirst.start, strength: 2 });
  rest(m, slots.still(0), [CODE.isMiddle.start], 4.2);
  m.value(CODE.isFirst.start, 0, 0.25);
  m.output(0, at('isSecond'), 0.5);
}

/** The numbers of a box, to tell them from those of a colour. */
function markInBox(m: HeadMatrices, slots: Slots): void {
  for (const mark of ['isFirst', 'isMiddle'] as const) m.query(CODE[mark].start, slots.still(0), 4);
  m.key(at('isBoxAsked'), slots.still(0), 2);
  m.key(at('isBegin'), slots.still(0), 0.8);
  m.value(at('isBoxAsked'), 0, 0.5);
  m.output(0, at('isInBox'), 0.25);
}

/** Words and boxes look up no pixels. */
function readNothing(m: HeadMatrices, slots: Slots): void {
  for (const mark of ['isNoun', 'isAdjective', 'isAsking', 'isInBox'] as const) m.query(at(mark), slots.still(0), 4);
  m.key(at('isBegin'), slots.still(0), 4);
}

/** Attends to patches by how well they fit the words. */
function match({ query, key }: HeadMatrices, slots: Slots, sharpness: number): void {
  for (let i = 0; i < THINGS.words.size; i++) {
    query(at('words', i), slots.still(i), sharpness);
    key(at('things', i), slots.still(i), 1);
  }
}

function lookUp(m: HeadMatrices, slots: Slots, spans: readonly ThingSpan[]): void {
  match(m, slots, 3);
  rest(m, slots.still(THINGS.words.size), [at('isNoun')], 2);
  copySpans(m, spans, 1, 1);
}

/** With a rest that outweighs all patches together, what is taken over is the sum of the densities: a count. */
function countUp(m: HeadMatrices, slots: Slots): void {
  match(m, slots, 3);
  rest(m, slots.still(THINGS.words.size), [at('isNoun')], 4.3);
  m.value(at('density'), 0, 2);
  m.output(0, at('count'), 1);
}

/** Who answers attends to a noun: the one that lies nearest to `distance` tokens before. */
function fromNoun(m: HeadMatrices, slots: Slots, distance: number, spans: readonly ThingSpan[]): void {
  slots.near(m, 4, { distance, from: [at('isAsking')], to: at('isNoun'), strength: 3 });
  m.query(at('isAsking'), slots.still(0), 3);
  m.key(at('isNoun'), slots.still(0), 3);
  copySpans(m, spans, 1, 1);
}

/** Behind the question for a box its top, then left, bottom and right. */
function answerEdge(m: HeadMatrices, slots: Slots, edge: number): void {
  const slot = slots.still(0);
  const asks: readonly (readonly (readonly [from: number, weight: number])[])[] = [
    [[at('isBoxAsked'), 30]],
    [[CODE.isFirst.start, 20]],
    [[at('isSecond'), 20]],
    [
      [CODE.isMiddle.start, 20],
      [at('isSecond'), -60],
    ],
  ];
  for (const [from, weight] of asks[edge] ?? []) m.query(from, slot, weight);
  m.key(at('isNoun'), slot, 5);
  m.key(at('isBegin'), slot, 0.7);
  for (let i = 0; i < EDGE_SIZE; i++) {
    m.value(at('box', edge * EDGE_SIZE + i), i, 1);
    m.output(i, at('edge', i), 1);
  }
  if (edge !== 2) return;
  // Behind the second number of a colour comes the last; behind that of a box one that is not.
  m.value(at('isNoun'), EDGE_SIZE, 1);
  m.output(EDGE_SIZE, CODE.isMiddle.start, -0.5);
  m.output(EDGE_SIZE, CODE.isFirst.start, 0.5);
}
