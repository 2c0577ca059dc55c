/**
 * The weights by which a decoder finds a named place and reads its colour. They are exact, and every update moves a
 * weight by about the rate, whatever it is needed for: what learns words at a useful rate forgets pixels. Learning that
 * leaves these as they are, and writes nothing where they read, learns beside them.
 */
import { AgentError } from '../../../core/errors.js';
import type { TextConfig } from '../../../model/config/index.js';
import type { Network } from '../../../model/network/network.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { lookUpHeads, PLACE_HEADS, READERS } from './decoder.js';
import { CODE, CODE_SIZE, MARKS, requireRoom } from './layout.js';
import { placeProducts } from './place.js';
import { readingProducts } from './reader.js';

/** By a parameter's name: 1 for each of its values that stays. */
export type Kept = ReadonlyMap<string, Uint8Array>;

/** Those of a decoder that began with the code of places. Throws `config` for one that has no room for that code. */
export function readingWeights({ config, parameters }: Network): Kept {
  const { text, image } = config;
  if (!image) throw new AgentError('config', 'a decoder without a picture reads no pixels', { expected: 'an encoder' });
  requireRoom(text);
  const kept = new Keeping(parameters);
  kept.columns('embedding', 0, CODE_SIZE);
  kept.rows('head.kernel', CODE.isRow.start, MARKS + CODE.estimate.size);
  kept.columns('norm.scale', CODE.isRow.start, MARKS + CODE.estimate.size);
  const products = [placeProducts(text), readingProducts(image.vision.patchSize)];
  const heads = [PLACE_HEADS, lookUpHeads(text)];
  for (let layer = 0; layer < text.layers; layer++) {
    // What a later layer would write over an estimate; before that, over anything of the code.
    const quiet = layer < READERS ? { start: 0, size: CODE_SIZE } : CODE.estimate;
    for (const part of ['attention.out', 'mlp.out']) kept.columns(`${layer}.${part}.kernel`, quiet.start, quiet.size);
  }
  for (let layer = 0; layer < READERS; layer++) {
    for (const part of ['attention', 'mlp']) kept.columns(`${layer}.${part}.norm.scale`, 0, CODE_SIZE);
    kept.heads(layer, text, heads[layer] as number);
    kept.units(layer, text, 2 * (products[layer] as readonly unknown[]).length);
  }
  return kept.masks;
}

class Keeping {
  readonly masks = new Map<string, Uint8Array>();

  constructor(private readonly parameters: Parameters) {}

  /** The first heads of a layer, with what they ask, offer, take and write. */
  heads(layer: number, { heads, keyValueHeads, headDim }: TextConfig, count: number): void {
    const width = count * headDim;
    const input = `${layer}.attention.in.kernel`;
    for (const before of [0, heads, heads + keyValueHeads]) this.columns(input, before * headDim, width);
    this.rows(`${layer}.attention.out.kernel`, 0, width);
  }

  /** The first units of a layer's MLP. */
  units(layer: number, { intermediateSize: inner }: TextConfig, count: number): void {
    for (const first of [0, inner]) this.columns(`${layer}.mlp.in.kernel`, first, count);
    this.rows(`${layer}.mlp.out.kernel`, 0, count);
  }

  rows(name: string, first: number, count: number): void {
    const { mask, columns } = this.#maskOf(name);
    mask.fill(1, first * columns, (first + count) * columns);
  }

  columns(name: string, first: number, count: number): void {
    const { mask, columns } = this.#maskOf(name);
    for (let at = first; at < mask.length; at += columns) mask.fill(1, at, at + count);
  }

  #maskOf(part: string): { mask: Uint8Array; columns: number } {
    const name = `language.${part}`;
    const { size, shape } = this.parameters.get(name);
    const mask = this.masks.get(name) ?? new Uint8Array(size);
    this.masks.set(name, mask);
    return { mask, columns: shape.at(-1) as number };
  }
}
