/**
 * A whole network on the device: pictures to features, and batches of sequences to hidden states. Everything here is
 * synchronous and leaves what it returns to the caller's `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import { openCheckpoint } from '../checkpoint/index.js';
import {
  type ImageConfig,
  type ModelConfig,
  type RopeFrequencies,
  readModelConfig,
  ropeFrequencies,
} from '../config/index.js';
import { rotationFor, type Visible } from '../ops/index.js';
import { loadTensorFlow } from '../runtime/index.js';
import { type BatchLayout, causalMask } from '../sequence/layout.js';
import { type DecoderOutput, decode, embedTokens, type LayerCache, logitsOf } from './decoder.js';
import { Parameters } from './parameters.js';
import { imageFeatures } from './vision-tower.js';

export class Network implements Disposable {
  private readonly frequencies: RopeFrequencies;

  constructor(
    readonly config: ModelConfig,
    readonly parameters: Parameters,
  ) {
    this.frequencies = ropeFrequencies(config.text.rope, config.text.headDim);
  }

  /** Reads config.json and the weights of a checkpoint folder. @throws AgentError `checkpoint`, `setup`, `runtime`. */
  static async load(folder: string): Promise<Network> {
    const config = await readModelConfig(folder);
    await loadTensorFlow();
    await using file = await openCheckpoint(folder);
    return new Network(config, await Parameters.load(config, file));
  }

  /** The part of the configuration about pictures. @throws AgentError `usage` for a language model alone. */
  get image(): ImageConfig {
    if (this.config.image) return this.config.image;
    throw new AgentError('usage', 'This checkpoint is a language model alone: it takes no pictures');
  }

  /**
   * Features of pictures, [images · tokensPerImage, text hidden size].
   * @param pixels [images, side, side, 3], normalised.
   */
  features(pixels: tf.Tensor4D): tf.Tensor2D {
    const { vision } = this.image;
    const [, height, width, channels] = pixels.shape;
    if (height !== vision.imageSize || width !== vision.imageSize || channels !== 3) {
      throw new AgentError('usage', 'A picture has not the size of the vision tower', {
        expected: `[images, ${vision.imageSize}, ${vision.imageSize}, 3]`,
        got: `[${pixels.shape.join(', ')}]`,
      });
    }
    return imageFeatures(pixels, this.parameters, this.image);
  }

  /**
   * Runs the decoder over a batch.
   * @param features rows for the image tokens of the batch, in order; null where it has none.
   * @param past keys and values of the prefix, with a batch of 1 or of the layout.
   */
  run(layout: BatchLayout, features: tf.Tensor2D | null, past?: readonly LayerCache[]): DecoderOutput {
    const { batch, positions } = layout;
    return decode(
      {
        embeddings: this.embed(layout.ids, features),
        batch,
        rotation: rotationFor(positions, batch, this.frequencies),
        visible: visibleTensors(layout),
        ...(past ? { past: past.map((layer) => repeatLayer(layer, batch)) } : {}),
      },
      this.parameters,
      this.config.text,
    );
  }

  /** Logits of chosen rows of the hidden states, [rows, vocabulary]. */
  logits(hidden: tf.Tensor2D, rows: readonly number[]): tf.Tensor2D {
    const chosen: tf.Tensor2D = tf.gather(hidden, tf.tensor1d([...rows], 'int32'));
    return logitsOf(chosen, this.parameters, this.config.text);
  }

  [Symbol.dispose](): void {
    this.parameters[Symbol.dispose]();
  }

  /** Embeddings of tokens, with the features of pictures in the place of image tokens. */
  private embed(ids: Int32Array, features: tf.Tensor2D | null): tf.Tensor2D {
    const imageToken = this.config.image?.imageToken;
    const places = ids.reduce((count, id) => count + (id === imageToken ? 1 : 0), 0);
    const given = features?.shape[0] ?? 0;
    if (places !== given) {
      throw new AgentError('usage', 'The prompts have not as many image tokens as the pictures have features', {
        expected: `${given} image tokens`,
        got: `${places}`,
        next: `a picture takes ${this.config.image?.tokensPerImage ?? 0} image tokens`,
      });
    }
    const text = embedTokens(tf.tensor1d(ids, 'int32'), this.parameters);
    if (!features) return text;
    let next = ids.length;
    const order = ids.map((id, index) => (id === imageToken ? next++ : index));
    return tf.gather(tf.concat2d([text, features], 0), tf.tensor1d(order, 'int32'));
  }
}

function visibleTensors({ visibility, width, past }: BatchLayout): Visible {
  if (visibility.kind === 'dense') {
    const { rows, mask } = visibility;
    return { kind: 'dense', mask: mask && tf.tensor4d(mask, [rows, 1, width, past + width]) };
  }
  const { prompt, branches, length } = visibility;
  return {
    ...{ kind: 'packed', branches },
    promptMask: tf.tensor4d(causalMask(prompt, past), [1, 1, prompt, past + prompt]),
    branchMask: tf.tensor4d(causalMask(length, 0), [1, 1, length, length]),
  };
}

function repeatLayer({ key, value }: LayerCache, batch: number): LayerCache {
  if (key.shape[0] === batch) return { key, value };
  return { key: tf.tile(key, [batch, 1, 1, 1]), value: tf.tile(value, [batch, 1, 1, 1]) };
}
