/**
 * A whole layer of a transformer as one operation of our own, `AgentLayer` (scripts/native/layers): what it computes
 * between lies in the cache, what the mask hides is not computed, and both cores work on it without being woken for
 * each step. It has no gradient, and it computes in float32 on the CPU; elsewhere the layers are made of TensorFlow's
 * operations, and give the same within rounding.
 */
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config/index.js';
import { layersAreFused, recordsGradients } from '../runtime/index.js';
import { runOperation } from './kernel.js';
import type { Rotation } from './rotary.js';

/** Order of `Activation` in scripts/native/layers/kernels.h, where 0 is none. */
const ACTIVATIONS: Record<Activation, number> = {
  relu: 1,
  silu: 2,
  quick_gelu: 3,
  gelu: 4,
  gelu_new: 5,
  gelu_pytorch_tanh: 5,
};

export interface FusedLayer {
  /** [batch · tokens, width] */
  readonly x: tf.Tensor2D;
  readonly batch: number;
  readonly heads: number;
  /** Heads of keys and values; query head i uses head floor(i · sharedHeads / heads). */
  readonly sharedHeads: number;
  readonly activation: Activation;
  readonly epsilon: number;
  /** `rms`: RMSNorm, and an MLP of a gate times a factor; `layer`: LayerNorm, and an MLP without a gate. */
  readonly kind: 'rms' | 'layer';
  /** The weight of a name such as `attention.in.kernel`; undefined where the layer has none. */
  weight(name: string): tf.Tensor | undefined;
  /** Added to scores, [1 or batch, 1, tokens, past + tokens]; null where all is seen. */
  readonly mask: tf.Tensor4D | null;
  /** Of [batch, 1, tokens, size]; with it own keys and values are told. */
  readonly rotation?: Rotation;
  /** [batch, sharedHeads, past, size] */
  readonly past?: { readonly key: tf.Tensor4D; readonly value: tf.Tensor4D } | undefined;
  /** Rows of x whose results are wanted, equally many of each sequence, in order; int32. */
  readonly rows?: tf.Tensor | undefined;
}

export interface FusedResult {
  /** [batch · tokens, width], of the wanted rows if given. */
  readonly hidden: tf.Tensor2D;
  /** Own keys, turned, and values: [batch, sharedHeads, tokens, size]; without tokens where there is no rotation. */
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
}

/** Whether a layer may be computed in one operation now: on the CPU in float32, with no gradient recorded. */
export function canFuse(): boolean {
  return layersAreFused() && !recordsGradients();
}

/** Computes the layer. Only where `canFuse` says so. */
export function fusedLayer(layer: FusedLayer): FusedResult {
  const { x, batch, heads, sharedHeads, activation, epsilon, kind, rotation, past } = layer;
  const kernel = layer.weight('attention.in.kernel') as tf.Tensor;
  const size = (kernel.shape[1] as number) / (heads + 2 * sharedHeads);
  const none = tf.tensor1d([], 'float32');
  const nothing = tf.zeros([batch, sharedHeads, 0, size]);
  const weight = (name: string): tf.Tensor => layer.weight(name) ?? none;
  const inputs = [
    x,
    ...['attention.norm.scale', 'attention.norm.shift', 'attention.in.kernel', 'attention.in.bias'].map(weight),
    ...['attention.out.kernel', 'attention.out.bias', 'mlp.norm.scale', 'mlp.norm.shift'].map(weight),
    ...['mlp.in.kernel', 'mlp.in.bias', 'mlp.out.kernel', 'mlp.out.bias'].map(weight),
    ...[layer.mask ?? none, rotation?.cosine ?? none, rotation?.sine ?? none],
    ...[past?.key ?? nothing, past?.value ?? nothing],
    layer.rows ?? tf.tensor1d([], 'int32'),
  ];
  const attributes = {
    ...{ batch, heads, shared_heads: sharedHeads, activation: ACTIVATIONS[activation] },
    ...{ epsilon: { float: epsilon }, is_rms: kind === 'rms', is_gated: kind === 'rms' },
  };
  const [hidden, key, value] = runOperation('AgentLayer', attributes, inputs, 3);
  return { hidden, key, value } as FusedResult;
}
