/**
 * A decoder that begins by reading colours out of what it has looked up. The colour of a pixel is the sum over its patch's
 * coordinates, each times its function at the pixel: the second layer's attention brings the mean colour, its MLP the
 * products of coordinates and functions. How strongly each of these stands in the hidden states is measured on pictures,
 * and the weights follow from that; what an encoder does not let through gets no weight.
 */
import type { Network } from '../../model/network/network.js';
import { CONTENT_GAIN, setProduct } from './code-decoder.js';
import { CODE, CONTENT_SIZE, offsetCode, PRODUCT_WAVES } from './code-layout.js';
import { edit } from './edit-parameter.js';
import type { BasisFunction } from './patch-basis.js';
import type { Probe, States } from './probe-states.js';

/** How strongly an estimate is written into the hidden state. */
const STRENGTH = 3;
/** What is left of random weights of later layers that would write over the estimate. */
const QUIET = 0.1;
/** A quantity that explains less of its measurement than this is taken for absent. */
const LEAST_EXPLAINED = 0.01;
const CHANNELS = [0, 1, 2] as const;

/** Sets the second layer of a network whose first layer and projector are set. */
export function codeReader(network: Network, probe: Probe, basis: readonly BasisFunction[]): void {
  clearEstimate(network);
  readMeans(network, probe, basis);
  const saved = takeOutput(network);
  const attended = probe.statesAfter(2, true);
  weighConstant(network, probe.statesAfter(2, false));
  saved.restore();
  readProducts(network, probe, basis, attended);
}

const estimateOf = (channel: number): number => CODE.estimate.start + 2 * channel;

/** Nothing but what is set here shall write the estimate at first. */
function clearEstimate({ parameters, config }: Network): void {
  for (let layer = 0; layer < config.text.layers; layer++) {
    for (const part of ['attention.out', 'mlp.out']) {
      edit(parameters, `language.${layer}.${part}.kernel`, (output) => {
        output.scaleColumns(CODE.estimate.start, CODE.estimate.size, layer < 2 ? 0 : QUIET);
      });
    }
  }
}

/** Attention writes the mean colour of the patch, and in a head of its own the constant that makes a bell of it. */
function readMeans({ parameters, config, image }: Network, probe: Probe, basis: readonly BasisFunction[]): void {
  const { heads, keyValueHeads, headDim } = config.text;
  const { patches } = probe.statesAfter(1, true);
  // Behind the heads that look up content, which are as many values as the content is.
  const slot = CONTENT_SIZE;
  const constant = patches.reduce((sum, state) => sum + (state[CODE.constant.start] as number), 0) / patches.length;
  edit(parameters, 'language.1.attention.in.kernel', (input) => {
    const column = (heads + keyValueHeads) * headDim + slot;
    input.scaleColumns(column, 1, 0);
    input.add(CODE.constant.start, column, 1 / constant);
  });
  edit(parameters, 'language.1.attention.out.kernel', (output) => {
    for (const [k, { down, along, colour }] of basis.entries()) {
      if (down !== 0 || along !== 0) continue;
      const taken = inverseSlope(column(patches, CODE.content.start + k), column(probe.content, k)) / CONTENT_GAIN;
      for (const c of CHANNELS)
        output.add(k, estimateOf(c), (STRENGTH * (colour[c] as number) * taken) / image.vision.patchSize);
    }
    for (const c of CHANNELS) output.add(slot, estimateOf(c) + 1, -STRENGTH / 2);
  });
}

/** Takes the second layer's MLP out of the network for a while. */
function takeOutput({ parameters }: Network): { restore(): void } {
  const name = 'language.1.mlp.out.kernel';
  let kept = new Float32Array();
  edit(parameters, name, ({ data }) => {
    kept = data.slice();
    data.fill(0);
  });
  return { restore: () => edit(parameters, name, ({ data }) => data.set(kept)) };
}

/** Heads see more than constants; the weight of t² is brought to what it should be in the mean. */
function weighConstant({ parameters }: Network, { queries }: States): void {
  const place = estimateOf(0) + 1;
  const mean = queries.reduce((sum, state) => sum + (state[place] as number), 0) / queries.length;
  edit(parameters, 'language.1.attention.out.kernel', (output) => {
    for (const c of CHANNELS) {
      const at = CONTENT_SIZE * output.columns + estimateOf(c) + 1;
      output.data[at] = ((output.data[at] as number) * -STRENGTH) / 2 / mean;
    }
  });
}

/** Each coordinate times its function at the pixel, by a pair of units. */
function readProducts(network: Network, probe: Probe, basis: readonly BasisFunction[], { queries }: States): void {
  const { parameters, config } = network;
  const inner = config.text.intermediateSize;
  const patch = network.image.vision.patchSize;
  const offsets = probe.pixels.map(({ y, x }) => ({
    row: offsetCode(y % patch, patch),
    column: offsetCode(x % patch, patch),
  }));
  edit(parameters, 'language.1.mlp.in.kernel', (input) => {
    edit(parameters, 'language.1.mlp.out.kernel', (output) => {
      let unit = 0;
      for (const [k, { down, along, colour }] of basis.entries()) {
        const gate = functionPlace(down, along);
        if (gate === undefined || unit + 2 > inner) continue;
        const wave = ofQueries(offsets.map(({ row, column }) => waveOf(row, down) * waveOf(column, along)));
        const truth = ofQueries(probe.pixels.map((pixel) => probe.content[pixel.patch]?.[k] as number));
        const factor = CODE.content.start + k;
        const weight = inverseSlope(column(queries, gate), wave) * inverseSlope(column(queries, factor), truth);
        if (weight === 0) continue;
        const outputs = CHANNELS.map(
          (c) => [estimateOf(c), (STRENGTH * (colour[c] as number) * weight) / patch] as const,
        );
        setProduct(input, output, { unit, inner, gate, factor, outputs });
        unit += 2;
      }
    });
  });
}

/** Where the hidden state tells a function's value at the pixel; undefined for the mean and for waves that it has not. */
function functionPlace(down: number, along: number): number | undefined {
  if (down === 0 && along === 0) return undefined;
  if (along === 0) return down <= CODE.offsetRow.size ? CODE.offsetRow.start + down - 1 : undefined;
  if (down === 0) return along <= CODE.offsetColumn.size ? CODE.offsetColumn.start + along - 1 : undefined;
  if (down > PRODUCT_WAVES || along > PRODUCT_WAVES) return undefined;
  return CODE.products.start + (down - 1) * PRODUCT_WAVES + along - 1;
}

function waveOf(code: readonly number[], waves: number): number {
  return waves === 0 ? 1 : (code[waves - 1] as number);
}

/** The same for each of the three tokens that predict a channel. */
function ofQueries(values: readonly number[]): number[] {
  return values.flatMap((value) => [value, value, value]);
}

function column(states: readonly Float32Array[], index: number): number[] {
  return states.map((state) => state[index] as number);
}

/** The factor by which a measurement best tells the truth, in the mean square; 0 where it tells next to nothing. */
function inverseSlope(measured: readonly number[], truth: readonly number[]): number {
  let [both, own, true2] = [0, 0, 0];
  for (const [i, value] of measured.entries()) {
    both += value * (truth[i] as number);
    own += value * value;
    true2 += (truth[i] as number) ** 2;
  }
  if (own === 0 || true2 === 0 || (both * both) / (own * true2) < LEAST_EXPLAINED) return 0;
  return both / own;
}
