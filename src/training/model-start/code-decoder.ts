/**
 * A decoder that begins by looking where it is told to: in the first layer the column's token collects the row's code
 * beside its own, in the second it attends to the patch of that row and column and takes over its content.
 */
import type { TextConfig } from '../../model/config/index.js';
import type { Parameters } from '../../model/network/parameters.js';
import { CODE, CONTENT_SIZE, PRODUCT_WAVES, type SpanName } from './code-layout.js';
import { edit, type Matrix } from './edit-parameter.js';

/** What random weights remain in the heads that are set, so that they can still learn other things. */
const REMAINDER = 0.1;
/** Sharpness with which a place is compared with that of patches. */
const MATCH = 1.8;
/** Strength with which values take up content, and again with which they write it. */
export const CONTENT_GAIN = 1.8;
/** Sharpness of the estimate in the first answers: a bell about as wide as its error. */
const SHARPNESS = 10;
/** Weight of the marks that say which kind of token follows. */
const MARKS = 2;

/** Sets the first two layers, and the scale of all others' random weights. */
export function codeDecoder(parameters: Parameters, config: TextConfig): void {
  const { hiddenSize: size, intermediateSize: inner, layers, heads, headDim } = config;
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string): string => `language.${layer}.${part}.kernel`;
    edit(parameters, name('attention.in'), (matrix) => matrix.rescale(size ** -0.5));
    edit(parameters, name('mlp.in'), (matrix) => matrix.rescale(size ** -0.5));
    // Small, so that what the set heads write is not drowned.
    edit(parameters, name('attention.out'), (matrix) => matrix.rescale(0.1 * (heads * headDim) ** -0.5));
    edit(parameters, name('mlp.out'), (matrix) => matrix.rescale(0.1 * inner ** -0.5));
  }
  edit(parameters, 'language.norm.scale', ({ data }) => {
    data.fill(0.3);
    data.fill(SHARPNESS, CODE.estimate.start, CODE.estimate.start + CODE.estimate.size);
    // What follows a token must be beyond doubt, whatever else stands in the hidden state.
    data.fill(MARKS, CODE.isRow.start, CODE.isPatch.start + 1);
  });
  multiplyOffsets(parameters, inner);
  const axes = [
    { mark: 'isRow', copied: ['patchRow', 'offsetRow'] },
    { mark: 'isColumn', copied: ['patchColumn', 'offsetColumn'] },
  ] as const;
  setHeads(parameters, 0, config, axes.length, (head, matrices) =>
    collectCode(head, matrices, axes[head] as Axis, headDim),
  );
  setHeads(parameters, 1, config, CONTENT_SIZE / headDim, (head, matrices) => lookUp(head, matrices, headDim));
}

/**
 * The first layer's MLP multiplies the functions of the pixel's row and column. With SiLU as the gate, σ(a) + σ(−a) = 1
 * makes of two units a product: silu(a) b + silu(−a) (−b) = a b.
 */
function multiplyOffsets(parameters: Parameters, inner: number): void {
  edit(parameters, 'language.0.mlp.in.kernel', (input) => {
    edit(parameters, 'language.0.mlp.out.kernel', (output) => {
      for (let i = 0; i < PRODUCT_WAVES ** 2; i++) {
        setProduct(input, output, {
          unit: 2 * i,
          inner,
          gate: CODE.offsetRow.start + Math.floor(i / PRODUCT_WAVES),
          factor: CODE.offsetColumn.start + (i % PRODUCT_WAVES),
          outputs: [[CODE.products.start + i, 0.3]],
        });
      }
    });
  });
}

/** Two units of an MLP that write the product of two values of the hidden state. */
export interface Product {
  /** The first of the two. */
  readonly unit: number;
  /** Units of the MLP. */
  readonly inner: number;
  readonly gate: number;
  readonly factor: number;
  /** Where the product goes, and how strongly. */
  readonly outputs: readonly (readonly [to: number, weight: number])[];
}

export function setProduct(input: Matrix, output: Matrix, { unit, inner, gate, factor, outputs }: Product): void {
  for (const [own, sign] of [
    [unit, 1],
    [unit + 1, -1],
  ] as const) {
    input.scaleColumns(own, 1, 0);
    input.scaleColumns(inner + own, 1, 0);
    output.scaleRows(own, 1, 0);
    input.add(gate, own, sign);
    input.add(factor, inner + own, sign);
    for (const [to, weight] of outputs) output.add(own, to, weight);
  }
}

interface Axis {
  readonly mark: SpanName;
  readonly copied: readonly SpanName[];
}

/** Weights of one head: [hidden size, head size] of query, key and value as columns of `input`, and of the output as rows. */
interface HeadMatrices {
  query(from: number, to: number, value: number): void;
  key(from: number, to: number, value: number): void;
  value(from: number, to: number, value: number): void;
  output(from: number, to: number, value: number): void;
}

function setHeads(
  parameters: Parameters,
  layer: number,
  { heads, keyValueHeads, headDim }: TextConfig,
  count: number,
  set: (head: number, matrices: HeadMatrices) => void,
): void {
  const [keys, values] = [heads * headDim, (heads + keyValueHeads) * headDim];
  edit(parameters, `language.${layer}.attention.in.kernel`, (input) => {
    edit(parameters, `language.${layer}.attention.out.kernel`, (output) => {
      for (const first of [0, keys, values]) input.scaleColumns(first, count * headDim, REMAINDER);
      output.scaleRows(0, count * headDim, REMAINDER);
      for (let head = 0; head < count; head++) set(head, matricesOf(head, input, output));
    });
  });

  function matricesOf(head: number, input: Matrix, output: Matrix): HeadMatrices {
    const into = (first: number) => (from: number, to: number, value: number) =>
      input.add(from, first + head * headDim + to, value);
    return {
      query: into(0),
      key: into(keys),
      value: into(values),
      output: (from, to, value) => output.add(head * headDim + from, to, value),
    };
  }
}

/** Values of a head that the rotary embedding turns least, pairs together: for what does not depend on distance. */
function slowValues(headDim: number): number[] {
  const half = headDim / 2;
  const slow = Array.from({ length: half / 2 }, (_, i) => half / 2 + i);
  return [...slow, ...slow.map((i) => half + i)];
}

/** Every token looks for the location token of one axis and copies its code. */
function collectCode(
  _head: number,
  { query, key, value, output }: HeadMatrices,
  { mark, copied }: Axis,
  headDim: number,
): void {
  const slowest = headDim / 2 - 1;
  query(CODE.constant.start, slowest, 3);
  key(CODE[mark].start, slowest, 3);
  let at = 0;
  for (const name of copied) {
    for (let i = 0; i < CODE[name].size; i++, at++) {
      value(CODE[name].start + i, at, 0.6);
      output(at, CODE[name].start + i, 0.6);
    }
  }
}

/** The token that knows row and column attends to that patch, and never to text, and takes over a part of its content. */
function lookUp(head: number, { query, key, value, output }: HeadMatrices, headDim: number): void {
  const slow = slowValues(headDim);
  const code = CODE.patchRow.size + CODE.patchColumn.size;
  for (let i = 0; i < code; i++) {
    query(CODE.patchRow.start + i, slow[i] as number, MATCH);
    key(CODE.patchRow.start + i, slow[i] as number, MATCH);
  }
  const gate = headDim / 4 - 1;
  query(CODE.constant.start, gate, 5);
  key(CODE.isPatch.start, gate, 4);
  key(CODE.constant.start, gate, -2);
  for (let i = 0; i < headDim; i++) {
    const content = CODE.content.start + head * headDim + i;
    value(content, i, CONTENT_GAIN);
    output(i, content, CONTENT_GAIN);
  }
}
