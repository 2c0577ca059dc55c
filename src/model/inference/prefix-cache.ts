/**
 * Keys and values of the text that prompts begin with. In a game the instructions before the first picture are the same
 * from decision to decision and from episode to episode, so the decoder reads them once.
 */
import * as tf from '@tensorflow/tfjs';
import type { LayerCache } from '../network/decoder.js';
import type { Network } from '../network/network.js';
import { layOut } from '../sequence/layout.js';
import type { Prompt } from './prompt.js';

/** Shorter prefixes cost more to join than to compute. */
const MIN_LENGTH = 4;
/** A harness plays a few games, each with one text. */
const MAX_ENTRIES = 8;

export interface Prefix {
  readonly length: number;
  /** One entry a layer, for all rows or with a batch of 1; undefined for the empty prefix. Owned by who made it. */
  readonly layers: readonly LayerCache[] | undefined;
}

export class PrefixCache implements Disposable {
  /** By token ids; the least recently used comes first. */
  readonly #entries = new Map<string, readonly LayerCache[]>();

  constructor(private readonly network: Network) {}

  /** The prefix that all the prompts share, up to the first picture, computed if it is new. */
  shared(prompts: readonly Prompt[]): Prefix {
    const tokens = this.#commonText(prompts);
    if (tokens.length < MIN_LENGTH) return { length: 0, layers: undefined };
    const key = tokens.join(' ');
    const layers = this.#entries.get(key) ?? this.#compute(tokens);
    this.#entries.delete(key);
    this.#entries.set(key, layers);
    this.#evict();
    return { length: tokens.length, layers };
  }

  [Symbol.dispose](): void {
    for (const layers of this.#entries.values()) disposeLayers(layers);
    this.#entries.clear();
  }

  /** Prompts without pictures share nothing here: their text changes as a whole. */
  #commonText(prompts: readonly Prompt[]): readonly number[] {
    const imageToken = this.network.config.image?.imageToken;
    const [first, ...others] = prompts;
    const end = first && imageToken !== undefined ? first.tokens.indexOf(imageToken) : -1;
    if (!first || end <= 0) return [];
    const differs = (token: number, i: number): boolean => others.some(({ tokens }) => tokens[i] !== token);
    const text = first.tokens.slice(0, end);
    const parting = text.findIndex(differs);
    return parting < 0 ? text : text.slice(0, parting);
  }

  #compute(tokens: readonly number[]): readonly LayerCache[] {
    return tf.tidy(() => {
      const { cache } = this.network.run(layOut([{ prompt: tokens, branches: [] }]), null);
      return cache.map(({ key, value }) => ({ key: tf.keep(key), value: tf.keep(value) }));
    });
  }

  #evict(): void {
    const [oldest] = this.#entries;
    if (!oldest || this.#entries.size <= MAX_ENTRIES) return;
    this.#entries.delete(oldest[0]);
    disposeLayers(oldest[1]);
  }
}

function disposeLayers(layers: readonly LayerCache[]): void {
  for (const { key, value } of layers) tf.dispose([key, value]);
}
