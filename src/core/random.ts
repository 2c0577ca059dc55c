/**
 * Seeded random numbers: the same seed gives the same numbers on every machine and version of Node.
 * sfc32 by Chris Doty-Humphrey (PractRand), seeded by splitmix32 from a seed and a stream name.
 */

export interface Random {
  /** A float in [0, 1) of 32 random bits. */
  next(): number;
  /** An integer in [0, bound), without modulo bias. */
  integer(bound: number): number;
  /** One of the items, each as likely. Throws a RangeError on an empty list. */
  pick<T>(items: readonly T[]): T;
}

/**
 * A generator for `seed`. Different `stream` names give independent numbers from one seed, so that, say, the policy's
 * draws do not shift when another part of an episode starts to draw.
 */
export function createRandom(seed: number, stream = ''): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`a seed is a whole number from 0 on, got ${seed}`);
  const mix = splitmix32(hashStream(stream) ^ (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1));
  let a = mix();
  let b = mix();
  let c = mix();
  let counter = 1;
  const bits = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // The first outputs of sfc32 still show the seed; its author discards twelve.
  for (let i = 0; i < 12; i++) bits();

  const integer = (bound: number): number => {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(`a bound is a whole number from 1 to 2^32, got ${bound}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = bits();
    while (value >= limit) value = bits();
    return value % bound;
  };
  return {
    next: () => bits() / 2 ** 32,
    integer,
    pick: (items) => items[integer(items.length)] as (typeof items)[number],
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
}

/** FNV-1a over the UTF-16 units of a stream's name. */
function hashStream(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
