/**
 * Right answers with soft edges: at each channel of a colour, neighbouring values share the probability. A model that
 * has found out that a pixel is about 200 then learns from 203 as well.
 */

import type { WeightedToken } from '../../model/learning/index.js';
import type { Tokenizer } from '../../model/text/index.js';
import type { Colour } from '../tasks/pixels.js';
import { type NumberKindName, numberToken, VALUES } from '../vocabulary/split.js';

/** Widths are rounded to such steps, so that a table serves many pictures. */
const STEP = 0.25;
/** Values further away than so many deviations get nothing. */
const REACH = 3;
const CHANNELS: readonly NumberKindName[] = ['first', 'middle', 'last'];

export class BlurredTargets {
  /** Token ids by channel and value; null where the vocabulary has no tokens for numbers. */
  readonly #ids: readonly (readonly number[])[] | null;
  readonly #tables = new Map<number, readonly (readonly (readonly WeightedToken[])[])[]>();

  constructor(tokenizer: Tokenizer) {
    const ids = CHANNELS.map((kind) =>
      Array.from({ length: VALUES }, (_, value) => tokenizer.encode(numberToken(kind, value))),
    );
    const areSingle = ids.every((ofKind) => ofKind.every(({ length }) => length === 1));
    this.#ids = areSingle ? ids.map((ofKind) => ofKind.map(([id]) => id as number)) : null;
  }

  /**
   * What is right at each of the three tokens of a colour's answer; undefined where that is the answer's own token.
   * @param deviation in steps of 255.
   */
  targets(colour: Colour, deviation: number): readonly (readonly WeightedToken[])[] | undefined {
    const width = Math.round(deviation / STEP) * STEP;
    if (width === 0 || !this.#ids) return undefined;
    const tables = this.#tables.get(width) ?? this.#ids.map((ids) => blurredTable(ids, width));
    this.#tables.set(width, tables);
    return colour.map((value, channel) => tables[channel]?.[value] as readonly WeightedToken[]);
  }
}

/** For each value the tokens around it; their weights are a normal curve and sum to 1. */
function blurredTable(ids: readonly number[], width: number): WeightedToken[][] {
  return ids.map((_, centre) => {
    const reach = Math.ceil(REACH * width);
    const first = Math.max(0, centre - reach);
    const near = ids.slice(first, centre + reach + 1);
    const raw = near.map((_id, i) => Math.exp(-((first + i - centre) ** 2) / (2 * width ** 2)));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return near.map((token, i) => ({ token, weight: (raw[i] as number) / sum }));
  });
}
