/**
 * Features of pictures, computed once for each picture. They are kept as plain arrays in a WeakMap: when the picture is
 * dropped, so are they, and no tensor on the device has to be released by anyone.
 */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import { fitPicture, type ImageProcessing, normalise, preprocess } from '../image/index.js';
import type { Network } from '../network/network.js';

/** Pictures that go through the vision tower at a time; more gains nothing and takes memory. */
const MAX_BATCH = 32;

export class FeatureCache {
  readonly #kept = new WeakMap<Frame, Float32Array>();
  readonly #fitted = new WeakSet<Frame>();

  constructor(
    private readonly network: Network,
    private readonly processing: ImageProcessing,
  ) {}

  /** A picture made a square, resized and cropped beforehand. Throws `usage` for one that is too long and thin. */
  fit(frame: Frame): Frame {
    const fitted = fitPicture(frame, this.processing);
    this.#fitted.add(fitted);
    return fitted;
  }

  /**
   * Features of the pictures one after another, row-major [frames · tokensPerImage, text hidden size]; pictures that
   * are not known yet are computed as a batch.
   */
  async featuresOf(frames: readonly Frame[]): Promise<Float32Array> {
    const missing = [...new Set(frames)].filter((frame) => !this.#kept.has(frame));
    for (let start = 0; start < missing.length; start += MAX_BATCH) {
      await this.#compute(missing.slice(start, start + MAX_BATCH));
    }
    const size = this.network.image.tokensPerImage * this.network.config.text.hiddenSize;
    const all = new Float32Array(frames.length * size);
    frames.forEach((frame, index) => {
      all.set(this.#kept.get(frame) as Float32Array, index * size);
    });
    return all;
  }

  async #compute(frames: readonly Frame[]): Promise<void> {
    const pictures = frames.map((frame) => (this.#fitted.has(frame) ? normalise : preprocess)(frame, this.processing));
    const features = tf.tidy(() => {
      const pixels = pictures.map(({ height, width, data }) => tf.tensor3d(data, [height, width, 3]));
      return this.network.features(tf.stack(pixels) as tf.Tensor4D);
    });
    const data = await features.data<'float32'>();
    features.dispose();
    const size = data.length / frames.length;
    frames.forEach((frame, index) => {
      this.#kept.set(frame, data.slice(index * size, (index + 1) * size));
    });
  }
}
