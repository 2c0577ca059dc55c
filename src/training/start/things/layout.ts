/**
 * What a hidden state tells of things, behind the code of places and pixels: words of attributes in text, the
 * attributes of what lies in a patch, its box, and marks of the tokens that ask. A word and a patch that it fits are
 * alike in these values, so that attention finds the one from the other.
 */
import type { TextConfig } from '../../../model/config/index.js';
import { COLOUR_NAMES } from '../../pictures/scenes/palette.js';
import { SIZE_NAMES } from '../../pictures/scenes/scene.js';
import { SHAPE_NAMES } from '../../pictures/scenes/shapes.js';
import { PATTERNS } from '../../pictures/scenes/textures.js';
import { PLACES } from '../../vocabulary/split.js';
import { CODE_SIZE } from '../code/layout.js';
import { endOfSpans, layOutSpans, requireSizes, type Span } from '../spans.js';

/** Words that fit things or do not; each has a value of its own. */
export const ATTRIBUTE_WORDS: readonly string[] = [...COLOUR_NAMES, ...SHAPE_NAMES, ...SIZE_NAMES, ...PATTERNS];
/** Half turns over the picture's side by which an edge of a box is told; each takes a cosine and a sine. */
const EDGE_WAVES = [1, 3, 8];
/** Values that tell one edge. */
export const EDGE_SIZE = 2 * EDGE_WAVES.length;

const spans = {
  /** What a text's words say. */
  words: ATTRIBUTE_WORDS.length,
  /** What lies in a patch; in text what was found there. */
  things: ATTRIBUTE_WORDS.length,
  /** Top, left, bottom and right of what lies in a patch; in text of what was found. */
  box: 4 * EDGE_SIZE,
  /** The edge that is to be answered next. */
  edge: EDGE_SIZE,
  /** One divided by the patches of the thing: summed over patches it is the number of things. */
  density: 1,
  count: 1,
  isNoun: 1,
  isAdjective: 1,
  /** The first token of all, where attention rests that finds nothing. */
  isBegin: 1,
  /** Behind this token an answer begins. */
  isAsking: 1,
  isBoxAsked: 1,
  /** A number of a box's answer, and the second of any answer's. */
  isInBox: 1,
  isSecond: 1,
};

export type ThingSpan = keyof typeof spans;

/** Where each part lies. */
export const THINGS: Readonly<Record<ThingSpan, Span>> = layOutSpans(spans, CODE_SIZE);
/** Values of a hidden state up to the last of them. */
export const THINGS_END = endOfSpans(spans, CODE_SIZE);
/** Strength of a word in its token, and of an attribute in a patch. */
export const [WORD, THING] = [3, 4];
/** Strength of an edge's waves, and of the density, in a patch. */
export const [EDGE, DENSITY] = [2, 8];

/** Throws `config` where the network has too few values for things. */
export function requireRoomForThings(config: TextConfig): void {
  const needed = { hiddenSize: THINGS_END, headDim: 48, heads: 6, layers: 4 };
  requireSizes(config, needed, 'a start that knows things', 'things to false');
}

/** The code of an edge at a pixel, 0 to the side. */
export function edgeCode(pixel: number): number[] {
  return EDGE_WAVES.flatMap((wave) => {
    const angle = (Math.PI * wave * pixel) / PLACES;
    return [Math.cos(angle), Math.sin(angle)];
  });
}
