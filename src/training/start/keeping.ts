/** Weights of a decoder, and of what it is shown, that a stage of training leaves as they are. */
import type { TextConfig } from '../../model/config/index.js';
import type { Parameters } from '../../model/network/parameters.js';
import type { Span } from './spans.js';

/** By a parameter's name: 1 for each of its values that stays. */
export type Kept = ReadonlyMap<string, Uint8Array>;

interface HeadRange {
  readonly begin?: number;
  readonly count: number;
}

export class Keeping {
  readonly masks = new Map<string, Uint8Array>();

  constructor(private readonly parameters: Parameters) {}

  /** `count` heads of a layer from `begin` on, with what they ask, offer, take and write. */
  heads(layer: number, { heads, keyValueHeads, headDim }: TextConfig, { begin = 0, count }: HeadRange): void {
    const width = count * headDim;
    const input = `${layer}.attention.in.kernel`;
    for (const before of [0, heads, heads + keyValueHeads]) this.columns(input, (before + begin) * headDim, width);
    this.rows(`${layer}.attention.out.kernel`, begin * headDim, width);
  }

  /** A span of the hidden state: what a layer's attention and MLP write there. */
  written(layer: number, { start, size }: Span): void {
    for (const part of ['attention.out', 'mlp.out']) this.columns(`${layer}.${part}.kernel`, start, size);
  }

  /** A span of the hidden state: by how much a layer scales it before it is read. */
  scaled(layer: number, { start, size }: Span): void {
    for (const part of ['attention', 'mlp']) this.columns(`${layer}.${part}.norm.scale`, start, size);
  }

  /** The first units of a layer's MLP. */
  units(layer: number, { intermediateSize: inner }: TextConfig, count: number): void {
    for (const first of [0, inner]) this.columns(`${layer}.mlp.in.kernel`, first, count);
    this.rows(`${layer}.mlp.out.kernel`, 0, count);
  }

  /** A span of what the projector makes of pictures. */
  projected({ start, size }: Span): void {
    for (const part of ['kernel', 'bias']) this.#fillColumns(`projector.out.${part}`, start, size);
  }

  rows(name: string, first: number, count: number): void {
    const { mask, columns } = this.#maskOf(`language.${name}`);
    mask.fill(1, first * columns, (first + count) * columns);
  }

  columns(name: string, first: number, count: number): void {
    this.#fillColumns(`language.${name}`, first, count);
  }

  #fillColumns(name: string, first: number, count: number): void {
    const { mask, columns } = this.#maskOf(name);
    for (let at = first; at < mask.length; at += columns) mask.fill(1, at, at + count);
  }

  #maskOf(name: string): { mask: Uint8Array; columns: number } {
    const { size, shape } = this.parameters.get(name);
    const mask = this.masks.get(name) ?? new Uint8Array(size);
    this.masks.set(name, mask);
    return { mask, columns: shape.at(-1) as number };
  }
}
