/**
 * What the best linear map reads of the pixels in an encoder's features, fitted on training pictures. It tells what an
 * encoder lets through apart from what the language model makes of it.
 */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import type { ImageProcessing } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import { featuresWithOne, fitFeatures } from '../start/feature-regression.js';

export class FeatureReadout {
  private constructor(
    private readonly network: Network,
    private readonly processing: ImageProcessing,
    /** [features + 1, patch · patch · 3]; the last row is the constant. */
    private readonly weights: Float32Array,
  ) {}

  /** @param pictures `uint8` [side, side, 3], of the encoder's size. */
  static fit(network: Network, processing: ImageProcessing, pictures: readonly Frame[]): FeatureReadout {
    const outputs = network.image.vision.patchSize ** 2 * 3;
    const { weights } = fitFeatures(network, processing, pictures, (batch) => {
      const values = patchesOf(batch, network);
      return tf.tensor2d(values, [values.length / outputs, outputs]);
    });
    return new FeatureReadout(network, processing, Float32Array.from(weights));
  }

  /** The picture as the map reads it, of the same shape. */
  paint(picture: Frame): Frame {
    const { patchSize: patch, imageSize: side } = this.network.image.vision;
    const outputs = patch ** 2 * 3;
    const read = tf.tidy(() => {
      const features = featuresWithOne([picture], this.network, this.processing);
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
