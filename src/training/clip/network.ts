/**
 * A CLIP on the device: pictures and texts to vectors of one space, in which those that belong together are near. The
 * towers are made of the same layers as the vision tower of PAE-LaMM. Everything but loading is synchronous and leaves
 * what it returns to the caller's `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import { openCheckpoint } from '../../model/checkpoint/index.js';
import { drawParameters } from '../../model/network/initialise.js';
import { Parameters } from '../../model/network/parameters.js';
import { encoderLayer, hiddenStates } from '../../model/network/vision-tower.js';
import { layerNorm, linear, linearTransposed } from '../../model/ops/index.js';
import { loadTensorFlow } from '../../model/runtime/index.js';
import { type ClipConfig, readClipConfig } from './config.js';
import { clipSpecs } from './specs.js';

/** Natural logarithm of the sharpest temperature: CLIP does not let similarities count more than a hundredfold. */
const SHARPEST = Math.log(100);
/** Where the temperature starts, as in CLIP: 1 / 0.07. */
const FIRST_TEMPERATURE = Math.log(1 / 0.07);
/** Added to the scores of tokens that lie behind; large enough for any softmax. */
const HIDDEN = -1e9;
/** Texts that go through the tower together, as long as the longest of them. */
const ALIKE = 64;

export class ClipNetwork implements Disposable {
  constructor(
    readonly config: ClipConfig,
    readonly parameters: Parameters,
  ) {}

  /** Reads a folder in Hugging Face's layout. Rejects with `checkpoint`, `setup`, `runtime`. */
  static async load(folder: string): Promise<ClipNetwork> {
    const config = await readClipConfig(folder);
    await loadTensorFlow();
    await using file = await openCheckpoint(folder);
    return new ClipNetwork(config, await Parameters.loadSpecs(clipSpecs(config), file));
  }

  /** A network that has learnt nothing yet; the same seed gives the same. TensorFlow must be loaded. */
  static async create(config: ClipConfig, seed: number): Promise<ClipNetwork> {
    const layers = { vision: config.vision.layers, text: config.text.layers };
    const parameters = await drawParameters(clipSpecs(config), layers, seed);
    const temperature = tf.scalar(FIRST_TEMPERATURE);
    parameters.get('contrast.temperature').assign(temperature);
    temperature.dispose();
    return new ClipNetwork(config, parameters);
  }

  /**
   * Vectors of pictures, [images, projection], of length 1.
   * @param pixels [images, side, side, 3], normalised.
   * @param kept the tokens that are looked at (`hiddenStates`); without it all.
   */
  imageVectors(pixels: tf.Tensor4D, kept?: tf.Tensor1D): tf.Tensor2D {
    return this.classVectors(this.imageStates(pixels, kept), pixels.shape[0]);
  }

  /** The last states of all tokens that are looked at, [images · tokens, hidden size]; parameters as `imageVectors`. */
  imageStates(pixels: tf.Tensor4D, kept?: tf.Tensor1D): tf.Tensor2D {
    const { vision } = this.config;
    return hiddenStates(pixels, this.parameters, vision, vision.layers, kept).at(-1) as tf.Tensor2D;
  }

  /** Vectors of pictures from their last states: those of their class tokens. */
  classVectors(states: tf.Tensor2D, images: number): tf.Tensor2D {
    const perImage = states.shape[0] / images;
    return this.vectorsOfStates(tf.gather(states, tf.range(0, images * perImage, perImage, 'int32')));
  }

  /** Vectors of length 1 from any last states, [rows, hidden size]: of class tokens, or means of patches. */
  vectorsOfStates(states: tf.Tensor2D): tf.Tensor2D {
    const weight = (name: string) => this.parameters.get(`vision.post.${name}`);
    const normal = layerNorm(states, weight('scale'), weight('shift'), this.config.vision.epsilon);
    return this.#intoSpace(normal, 'image');
  }

  /**
   * Vectors of texts, [texts, projection], of length 1. Those of like length go through the tower together, so that a
   * long text does not make all others as long.
   * @param texts ids with the first and the end token.
   * Throws `usage` for a text that is too long or has no end token.
   */
  textVectors(texts: readonly (readonly number[])[]): tf.Tensor2D {
    if (texts.length <= ALIKE) return this.#vectorsOfLength(texts);
    const order = texts.map((_, i) => i).sort((a, b) => lengthAt(texts, a) - lengthAt(texts, b));
    const parts: tf.Tensor2D[] = [];
    for (let first = 0; first < order.length; first += ALIKE) {
      const own = order.slice(first, first + ALIKE).map((i) => texts[i] as readonly number[]);
      parts.push(this.#vectorsOfLength(own));
    }
    const back = new Int32Array(order.length);
    for (const [at, i] of order.entries()) back[i] = at;
    return tf.gather(tf.concat2d(parts, 0), tf.tensor1d(back, 'int32'));
  }

  #vectorsOfLength(texts: readonly (readonly number[])[]): tf.Tensor2D {
    const { text } = this.config;
    const width = Math.max(...texts.map(({ length }) => length));
    if (width > text.positions) {
      throw new AgentError('usage', 'A text is too long', { expected: `${text.positions} tokens`, got: `${width}` });
    }
    const ids = new Int32Array(texts.length * width);
    for (const [i, own] of texts.entries()) ids.set(own, i * width);
    const tokens = tf.gather(this.parameters.get('text.tokens') as tf.Tensor as tf.Tensor2D, tf.tensor1d(ids, 'int32'));
    const places = tf.slice(this.parameters.get('text.positions') as tf.Tensor as tf.Tensor2D, 0, width);
    const embedded = tf.add(tf.reshape(tokens, [texts.length, width, text.hiddenSize]), places);
    let state = tf.reshape<tf.Rank.R2>(embedded, [texts.length * width, text.hiddenSize]);
    const mask = causalMask(width);
    for (let layer = 0; layer < text.layers; layer++) {
      state = tf.tidy(() => encoderLayer(state, texts.length, `text.${layer}`, this.parameters, text, mask));
    }
    const ends = texts.map((own, i) => i * width + this.#endOf(own));
    const chosen: tf.Tensor2D = tf.gather(state, tf.tensor1d(ends, 'int32'));
    const weight = (name: string) => this.parameters.get(`text.norm.${name}`);
    return this.#intoSpace(layerNorm(chosen, weight('scale'), weight('shift'), text.epsilon), 'text');
  }

  /** Similarities of all pictures with all texts, sharpened by the learnt temperature, [images, texts]. */
  logits(images: tf.Tensor2D, texts: tf.Tensor2D): tf.Tensor2D {
    const sharpness = tf.exp(tf.minimum(this.parameters.get('contrast.temperature'), SHARPEST));
    return tf.mul(linearTransposed(images, texts), sharpness);
  }

  [Symbol.dispose](): void {
    this.parameters[Symbol.dispose]();
  }

  #intoSpace(states: tf.Tensor2D, tower: 'image' | 'text'): tf.Tensor2D {
    const projected = linear(states, this.parameters.get(`contrast.${tower}.kernel`));
    return tf.div(projected, tf.norm(projected, 'euclidean', 1, true));
  }

  /** The first end token. Checkpoints of before 2023 say 2 and mean the highest id; transformers does the same. */
  #endOf(ids: readonly number[]): number {
    const { endToken } = this.config.text;
    const end = endToken === 2 ? ids.indexOf(Math.max(...ids)) : ids.indexOf(endToken);
    if (end >= 0) return end;
    throw new AgentError('usage', 'A text has no end token', { expected: `token ${endToken}`, got: ids.join(' ') });
  }
}

const lengthAt = (texts: readonly (readonly number[])[], i: number): number => texts[i]?.length ?? 0;

function causalMask(tokens: number): tf.Tensor4D {
  const values = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) values.fill(HIDDEN, row * tokens + row + 1, (row + 1) * tokens);
  return tf.tensor4d(values, [1, 1, tokens, tokens]);
}
