/** How a head that is set by hand prefers what stands near, rests, and copies. */
import { ropeFrequencies, type TextConfig } from '../../../model/config/index.js';
import type { HeadMatrices } from '../code/decoder.js';
import { THINGS, type ThingSpan } from './layout.js';

export interface Near {
  readonly distance: number;
  readonly from: readonly number[];
  readonly to: number;
  readonly strength: number;
}

/** Places of a head's values by how fast the rotary embedding turns them. */
export class Slots {
  readonly #half: number;
  /** Radians a position, of each pair. */
  readonly turns: readonly number[];

  constructor(config: TextConfig) {
    this.#half = config.headDim / 2;
    this.turns = [...ropeFrequencies(config.rope, config.headDim).inverse];
  }

  /** The i-th of the values that distance hardly turns, the slowest first. */
  still(i: number): number {
    const pair = this.#half - 1 - Math.floor(i / 2);
    return i % 2 === 0 ? pair : this.#half + pair;
  }

  /**
   * Lets a query prefer keys that stand `distance` tokens before it, by pair `pair`: the cosine of what they are off.
   */
  near({ query, key }: HeadMatrices, pair: number, how: Near): void {
    const angle = -(this.turns[pair] as number) * how.distance;
    for (const from of how.from) {
      query(from, pair, how.strength * Math.cos(angle));
      query(from, this.#half + pair, how.strength * Math.sin(angle));
    }
    key(how.to, pair, how.strength);
  }
}

/** Where the i-th value of a span stands. */
export const at = (span: ThingSpan, i = 0): number => THINGS[span].start + i;

/** Rests on the first token with a constant score. */
export function rest({ query, key }: HeadMatrices, slot: number, from: readonly number[], strength: number): void {
  for (const one of from) query(one, slot, strength);
  key(at('isBegin'), slot, 1);
}

/** Takes values over from `from` on, and writes them from `to` on, by the head's slots from `slot` on. */
export function copy(
  { value, output }: HeadMatrices,
  { from, to, size, slot = 0 }: { readonly from: number; readonly to: number; readonly size: number; slot?: number },
  gains: readonly [into: number, out: number],
): void {
  for (let i = 0; i < size; i++) {
    value(from + i, slot + i, gains[0]);
    output(slot + i, to + i, gains[1]);
  }
}
