/**
 * A decoder that begins by looking where it is told to: in the first layer the tokens of a query collect the codes of
 * row and column and multiply them, in the second they attend to the patch of that row and column and take over its
 * content.
 */
import type { TextConfig } from '../../../model/config/index.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { edit, type Matrix } from '../edit-parameter.js';
import { setProducts } from '../product-units.js';
import { CODE, CODE_SIZE, CONTENT_SIZE, MARKS, type SpanName, TURNS } from './layout.js';
import { placeProducts } from './place.js';

/** What random weights remain in the heads that are set, so that they can still learn other things. */
const REMAINDER = 0.01;
/** Sharpness with which the place that is meant is preferred to its neighbours. */
const MATCH = 8;
/** Strength with which values take up content, and again with which they write it. */
const LOOK_UP = 1.8;
/** Layers that find the patch and read the colour. */
export const READERS = 2;
/** Heads of the first layer that collect the code of a place: one for each axis. */
export const PLACE_HEADS = 2;
/** Weight of the marks that say which kind of token follows. */
const MARK_SCALE = 4;

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
    // None in the code: until the colour is read nothing else shall write there, nor to the estimate later.
    const quiet = layer < READERS ? { start: 0, size: CODE_SIZE } : CODE.estimate;
    for (const part of ['attention.out', 'mlp.out']) {
      edit(parameters, name(part), (matrix) => matrix.scaleColumns(quiet.start, quiet.size, 0));
    }
  }
  edit(parameters, 'language.norm.scale', ({ data }) => {
    data.fill(0.3);
    // What follows a token must be beyond doubt, whatever else stands in the hidden state.
    data.fill(MARK_SCALE, CODE.isRow.start, CODE.isRow.start + MARKS);
  });
  setProducts(parameters, 0, inner, placeProducts(config));
  const axes = [
    { mark: 'isRow', copied: ['turnRow', 'offsetRow'] },
    { mark: 'isColumn', copied: ['turnColumn', 'offsetColumn'] },
  ] as const;
  setHeads(parameters, 0, config, PLACE_HEADS, (head, matrices) => collectCode(matrices, axes[head] as Axis, headDim));
  setHeads(parameters, 1, config, lookUpHeads(config), (head, matrices) => lookUp(head, matrices, headDim));
}

/** Heads of the second layer that take over a patch's content, its unit behind it. */
export function lookUpHeads({ headDim }: Pick<TextConfig, 'headDim'>): number {
  return Math.ceil((CONTENT_SIZE + 1) / headDim);
}

interface Axis {
  readonly mark: SpanName;
  readonly copied: readonly SpanName[];
}

/**
 * Weights of one head: [hidden size, head size] of query, key and value as columns of `input`, and of the output as
 * rows.
 */
export interface HeadMatrices {
  query(from: number, to: number, value: number): void;
  key(from: number, to: number, value: number): void;
  value(from: number, to: number, value: number): void;
  output(from: number, to: number, value: number): void;
}

/** Which heads are set: from `begin` on; and whether what they copy stays random. */
export interface HeadChoice {
  readonly begin?: number;
  readonly keepsValues?: boolean;
  /** What was set there before stays. */
  readonly isAdded?: boolean;
}

/** Sets `count` heads of a layer. @param set is given the number of each, from 0. */
export function setHeads(
  parameters: Parameters,
  layer: number,
  { heads, keyValueHeads, headDim }: TextConfig,
  count: number,
  set: (head: number, matrices: HeadMatrices) => void,
  { begin = 0, keepsValues = false, isAdded = false }: HeadChoice = {},
): void {
  const [keys, values] = [heads * headDim, (heads + keyValueHeads) * headDim];
  edit(parameters, `language.${layer}.attention.in.kernel`, (input) => {
    edit(parameters, `language.${layer}.attention.out.kernel`, (output) => {
      const from = begin * headDim;
      const [ofQueries, ofValues] = [isAdded ? 1 : REMAINDER, isAdded || keepsValues ? 1 : REMAINDER];
      for (const [first, factor] of [
        [0, ofQueries],
        [keys, ofQueries],
        [values, ofValues],
      ] as const) {
        input.scaleColumns(first + from, count * headDim, factor);
      }
      output.scaleRows(from, count * headDim, ofValues);
      for (let head = 0; head < count; head++) set(head, matricesOf(begin + head, input, output));
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

/** Every token looks for the location token of one axis and copies its code. */
function collectCode({ query, key, value, output }: HeadMatrices, { mark, copied }: Axis, headDim: number): void {
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

/**
 * The token that knows row and column attends to that patch, and takes over a part of its content. The rotary embedding
 * turns the patches' common key by their positions, and the query stands at the angle of the one that is meant; text
 * has no such key.
 */
function lookUp(head: number, { query, key, value, output }: HeadMatrices, headDim: number): void {
  for (let i = 0; i < TURNS; i++) {
    query(CODE.turn.start + i, i, MATCH);
    query(CODE.turn.start + TURNS + i, headDim / 2 + i, MATCH);
    key(CODE.isPatch.start, i, 1);
  }
  // The unit lies behind the content.
  for (let i = 0; i < headDim && head * headDim + i <= CONTENT_SIZE; i++) {
    const content = CODE.content.start + head * headDim + i;
    value(content, i, LOOK_UP);
    output(i, content, LOOK_UP);
  }
}
