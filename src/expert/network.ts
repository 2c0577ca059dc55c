/**
 * An expert's network on TensorFlow: batched, float32, channels last. Weights are turned once at loading (PyTorch keeps
 * channels first), so that running needs no transposition.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { openSafetensors, type SafetensorsFile } from '../model/checkpoint/index.js';
import { loadTensorFlow } from '../model/runtime/index.js';
import type { ExpertConfig, Layer, LayerActivation } from './config.js';
import { checkNetworkTensors } from './network-shapes.js';
import { type Moments, networkInput, readMoments } from './normalization.js';
import type { PictureStack } from './observation-history.js';
import { pictureShape } from './preprocessing.js';

/** What the network says about one observation. */
export interface NetworkOutput {
  /** Logits, Q-values or action means, by index. */
  readonly policy: readonly number[];
  /** The expected return in the network's own scale; null without a value chain. */
  readonly value: number | null;
}

interface Weights {
  readonly kernel: tf.Tensor;
  readonly bias: tf.Tensor1D;
}

export class ExpertNetwork implements Disposable {
  readonly #config: ExpertConfig;
  readonly #weights: ReadonlyMap<string, Weights>;
  readonly #moments: Moments | undefined;

  private constructor(config: ExpertConfig, weights: ReadonlyMap<string, Weights>, moments: Moments | undefined) {
    this.#config = config;
    this.#weights = weights;
    this.#moments = moments;
  }

  /**
   * Reads `model.safetensors` of a folder.
   * Rejects with `checkpoint` that names a tensor which is missing, foreign or of another shape.
   */
  static async load(directory: string, config: ExpertConfig): Promise<ExpertNetwork> {
    await using file = await openSafetensors(join(directory, 'model.safetensors'));
    checkNetworkTensors(file, config);
    const moments = config.preprocessing.normalize && (await readMoments(file));
    await loadTensorFlow();
    const weights = new Map<string, Weights>();
    const { features, policy, value = [] } = config.network;
    let shape = inputShape(config);
    for (const layer of [...features, ...policy, ...value]) {
      if (layer.type === 'flatten') continue;
      const flattened = layer === denseAfterFlatten(features) ? shape : undefined;
      const loaded = await readWeights(file, layer, flattened);
      weights.set(layer.name, loaded);
      if (layer.type === 'conv2d') shape = convolvedShape(shape, layer, loaded.kernel.shape);
    }
    return new ExpertNetwork(config, weights, moments);
  }

  /** One output for each stack of pictures, in order. */
  run(batch: readonly PictureStack[]): NetworkOutput[] {
    if (batch.length === 0) return [];
    const { features, policy, value } = this.#config.network;
    const outputs = tf.tidy(() => {
      const hidden = this.#chain(features, this.#input(batch));
      return [this.#chain(policy, hidden), ...(value ? [this.#chain(value, hidden)] : [])];
    });
    const [numbers, returns] = outputs.map((output) => output.dataSync()) as [Float32Array, Float32Array?];
    tf.dispose(outputs);
    const width = numbers.length / batch.length;
    return batch.map((_, i) => ({
      policy: Array.from(numbers.subarray(i * width, (i + 1) * width)),
      value: returns ? (returns[i] as number) : null,
    }));
  }

  [Symbol.dispose](): void {
    for (const { kernel, bias } of this.#weights.values()) tf.dispose([kernel, bias]);
  }

  /** float32 [batch, height, width, stack * channels]. */
  #input(batch: readonly PictureStack[]): tf.Tensor {
    const [height, width, depth] = inputShape(this.#config);
    const values = networkInput(batch, this.#config.preprocessing, this.#moments);
    return tf.tensor4d(values, [batch.length, height, width, depth]);
  }

  #chain(layers: readonly Layer[], input: tf.Tensor): tf.Tensor {
    return layers.reduce((x, layer) => {
      if (layer.type === 'flatten') return x.reshape([x.shape[0] as number, -1]);
      const { kernel, bias } = this.#weights.get(layer.name) as Weights;
      const fused = layer.activation === 'relu' ? 'relu' : 'linear';
      const y =
        layer.type === 'dense'
          ? tf.fused.matMul({ a: x as tf.Tensor2D, b: kernel as tf.Tensor2D, bias, activation: fused })
          : tf.fused.conv2d({
              x: padded(x as tf.Tensor4D, layer.padding),
              filter: kernel as tf.Tensor4D,
              strides: layer.stride,
              pad: 'valid',
              bias,
              activation: fused,
            });
      return activate(y, layer.activation);
    }, input);
  }
}

type Shape3 = readonly [height: number, width: number, channels: number];

function inputShape({ preprocessing }: ExpertConfig): Shape3 {
  const { height, width, channels } = pictureShape(preprocessing);
  return [height, width, channels * preprocessing.stack];
}

function convolvedShape([height, width]: Shape3, layer: Layer & { type: 'conv2d' }, kernel: readonly number[]): Shape3 {
  const size = (length: number, axis: 0 | 1) =>
    Math.floor((length + 2 * layer.padding[axis] - (kernel[axis] as number)) / layer.stride[axis]) + 1;
  return [size(height, 0), size(width, 1), kernel[3] as number];
}

function denseAfterFlatten(layers: readonly Layer[]): Layer | undefined {
  return layers[layers.findIndex((layer) => layer.type === 'flatten') + 1];
}

/** `flattened`: the shape in front of the flattening that this layer follows, if it does. */
async function readWeights(
  file: SafetensorsFile,
  layer: Exclude<Layer, { type: 'flatten' }>,
  flattened?: Shape3,
): Promise<Weights> {
  const weight = await file.read(`${layer.name}.weight`);
  const bias = await file.read(`${layer.name}.bias`);
  const kernel = tf.tidy(() => {
    const stored = tf.tensor(weight.data, [...weight.shape]);
    if (layer.type === 'conv2d') return tf.transpose(stored, [2, 3, 1, 0]);
    if (!flattened) return tf.transpose(stored, [1, 0]);
    const [height, width, channels] = flattened;
    const split = tf.reshape(stored, [-1, channels, height, width]);
    return tf.reshape(tf.transpose(split, [2, 3, 1, 0]), [height * width * channels, -1]);
  });
  return { kernel, bias: tf.tensor1d(bias.data) };
}

function padded(x: tf.Tensor4D, [down, right]: readonly [number, number]): tf.Tensor4D {
  if (down === 0 && right === 0) return x;
  const edges = [0, down, right, 0].map((size): [number, number] => [size, size]);
  return tf.pad(x, edges);
}

function activate(x: tf.Tensor, activation: LayerActivation): tf.Tensor {
  switch (activation) {
    case 'none':
    case 'relu': // fused into the layer
      return x;
    case 'tanh':
      return tf.tanh(x);
    case 'elu':
      return tf.elu(x);
    case 'silu':
      return tf.mul(x, tf.sigmoid(x));
    case 'gelu':
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  }
}
