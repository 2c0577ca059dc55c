/**
 * What the best linear map reads of the pixels in an encoder's features, fitted on training pictures. It tells what an encoder
 * lets through apart from what the language model makes of it.
 */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import { solveRidge } from '../model-start/least-squares.js';
import { patchFeatures, stackPictures } from '../model-start/patch-features.js';

/** Pictures whose features are computed at once. */
const BATCH = 16;
/** Ridge penalty a row: features are of the order of 1. */
const PENALTY = 1e-4;

export class FeatureReadout {
  private constructor(
    private readonly network: Network,
    private readonly processing: ImageProcessing,
    /** [features + 1, patch · patch · 3]; the last row is the constant. */
    private readonly weights: Float32Array,
  ) {}

  /** @param pictures `uint8` [side, side, 3], of the encoder's size. */
  static fit(network: Network, processing: ImageProcessing, pictures: readonly Frame[]): FeatureReadout {
    const inputs = network.image.vision.hiddenSize * network.image.featureLayers.length + 1;
    const outputs = network.image.vision.patchSize ** 2 * 3;
    const gram = new Float64Array(inputs * inputs);
    const cross = new Float64Array(inputs * outputs);
    let rows = 0;
    for (let first = 0; first < pictures.length; first += BATCH) {
      const batch = pictures.slice(first, first + BATCH);
      const [ofFeatures, withPixels, count] = tf.tidy(() => {
        const features = featuresOf(batch, network, processing);
        const pixels = tf.tensor2d(patchesOf(batch, network), [features.shape[0], outputs]);
        const products = [tf.matMul(features, features, true), tf.matMul(features, pixels, true)] as const;
        return [products[0].dataSync<'float32'>(), products[1].dataSync<'float32'>(), features.shape[0]] as const;
      });
      for (let i = 0; i < gram.length; i++) gram[i] = (gram[i] as number) + (ofFeatures[i] as number);
      for (let i = 0; i < cross.length; i++) cross[i] = (cross[i] as number) + (withPixels[i] as number);
      rows += count;
    }
    const weights = solveRidge(gram, cross, { inputs, rows, penalty: PENALTY });
    return new FeatureReadout(network, processing, Float32Array.from(weights));
  }

  /** The picture as the map reads it, of the same shape. */
  paint(picture: Frame): Frame {
    const { patchSize: patch, imageSize: side } = this.network.image.vision;
    const outputs = patch ** 2 * 3;
    const read = tf.tidy(() => {
      const features = featuresOf([picture], this.network, this.processing);
      return tf.matMul(features, tf.tensor2d(this.weights, [features.shape[1], outputs])).dataSync<'float32'>();
    });
    const data = new Uint8Array(picture.data.length);
    // What a Uint8ClampedArray does: rounded, and kept from 0 to 255.
    const rounded = Uint8ClampedArray.from(read);
    eachPatchValue({ patch, side }, (at, from) => {
      data[at] = rounded[from] as number;
    });
    return { ...picture, data };
  }
}

/** With a constant one behind: [patches, features + 1]. */
function featuresOf(pictures: readonly Frame[], network: Network, processing: ImageProcessing): tf.Tensor2D {
  const pixels = pictures.map((picture) => preprocess(picture, processing).data);
  const features = patchFeatures(stackPictures(pixels, network.image.vision.imageSize), network);
  return tf.concat2d([features, tf.ones([features.shape[0], 1])], 1);
}

/** The pixels of every patch, patch after patch. */
function patchesOf(pictures: readonly Frame[], { image }: Network): Float32Array {
  const { patchSize: patch, imageSize: side } = image.vision;
  const size = (Math.floor(side / patch) * patch) ** 2 * 3;
  const values = new Float32Array(pictures.length * size);
  for (const [i, { data }] of pictures.entries()) {
    eachPatchValue({ patch, side }, (at, to) => {
      values[i * size + to] = data[at] as number;
    });
  }
  return values;
}

/** Calls with the index of every value in the picture and in the list of patches. */
function eachPatchValue(
  { patch, side }: { readonly patch: number; readonly side: number },
  use: (inPicture: number, inPatches: number) => void,
): void {
  const grid = Math.floor(side / patch);
  let inPatches = 0;
  for (let index = 0; index < grid * grid; index++) {
    const [top, left] = [Math.floor(index / grid) * patch, (index % grid) * patch];
    for (let y = top; y < top + patch; y++) {
      for (let i = 0; i < patch * 3; i++) use((y * side + left) * 3 + i, inPatches++);
    }
  }
}
