/**
 * A decoder that begins by reading colours out of what it has looked up. The colour of a pixel is the sum over its
 * patch's coordinates, each times its function at the pixel; the second layer's MLP forms these products. Norms scale
 * coordinates and functions by factors that differ from patch to patch and token to token, and the product of the two
 * constants, which are scaled with them, by the same: so estimate and weight of the bell over a channel's values have a
 * ratio that is right.
 */
import type { Network } from '../../../model/network/network.js';
import { edit } from '../edit-parameter.js';
import { patchBasis } from '../patch-basis.js';
import { measureEstimates, type Probe } from '../probe-estimates.js';
import { type Product, setProducts } from '../product-units.js';
import { ASKING, CODE, CONTENT_SIZE, contentGain, productAt, UNIT } from './layout.js';

/** How strongly an estimate is written into the hidden state. */
const STRENGTH = 4;
/**
 * Sets the second layer of a network whose first layer and projector are set. @returns the estimates' error, 0 to 255.
 */
export function codeReader(network: Network, probe: Probe): number {
  const { parameters, config, image } = network;
  setProducts(parameters, 1, config.text.intermediateSize, readingProducts(image.vision.patchSize));
  return fitSharpness(network, probe);
}

/** Each coordinate times its function at the pixel, and the unit times the constant function. */
export function readingProducts(patch: number): Product[] {
  const colours = patchBasis(patch, CONTENT_SIZE).flatMap(({ down, along, colour, gain }, k) => {
    const strength = (STRENGTH * UNIT) / (patch * contentGain(gain, patch));
    const parts = [...new Set(colour)].filter((part) => part !== 0);
    return parts.map(
      (part): Product => ({
        gate: productAt(down, along),
        factor: CODE.content.start + k,
        silent: ASKING.filter((_, channel) => colour[channel] !== part).map((mark) => CODE[mark].start),
        outputs: [[CODE.estimate.start, strength * part]],
      }),
    );
  });
  const weight: Product = {
    gate: productAt(0, 0),
    factor: CODE.unit.start,
    silent: [],
    // −(t − e)² / 2 = e t − t² / 2 − e² / 2
    outputs: [[CODE.estimate.start + 1, -STRENGTH / 2]],
  };
  return [...colours, weight];
}

/** Makes the bell as wide as the estimates are wrong: a narrower one would have gradients that destroy the start. */
function fitSharpness(network: Network, probe: Probe): number {
  const { error, weight } = measureEstimates(network, probe);
  edit(network.parameters, 'language.norm.scale', ({ data }) => {
    const sharpness = 1 / (error ** 2 * weight);
    data.fill(sharpness, CODE.estimate.start, CODE.estimate.start + CODE.estimate.size);
  });
  return error * 127.5;
}
