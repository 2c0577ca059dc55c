/**
 * The vision transformers of CLIP and SigLIP, as far as their features are used, and the projector to the language
 * model's width.
 */
import * as tf from '@tensorflow/tfjs';
import type { ImageConfig, VisionConfig } from '../config/index.js';
import { activate, attention, canFuse, fusedLayer, layerNorm, linear, mergeHeads, splitHeads } from '../ops/index.js';
import type { Parameters } from './parameters.js';

/**
 * What the encoder says of pictures.
 * @param pixels [images, side, side, 3], normalised as preprocessor_config.json says.
 * @returns [images · tokensPerImage, feature layers · hidden size]
 */
export function encodePictures(pixels: tf.Tensor4D, parameters: Parameters, config: ImageConfig): tf.Tensor2D {
  const { vision, featureLayers, keepsFirst } = config;
  const images = pixels.shape[0];
  const states = hiddenStates(pixels, parameters, vision, Math.max(...featureLayers));
  const size = vision.hiddenSize;
  const selected = featureLayers.map((layer) => {
    const state = states[layer] as tf.Tensor2D;
    if (keepsFirst) return state;
    const tokens = state.shape[0] / images;
    const patches = tf.slice(tf.reshape(state, [images, tokens, size]), [0, 1, 0], [images, tokens - 1, size]);
    return tf.reshape(patches, [images * (tokens - 1), size]) as tf.Tensor2D;
  });
  return selected.length === 1 ? (selected[0] as tf.Tensor2D) : tf.concat2d(selected, 1);
}

/**
 * The states before the first layer and after each layer up to number `last`, each [images · tokens, hidden size];
 * the first token of a picture is the class token, where the tower has one.
 * @param kept rows of [images · tokens] that go on, equally many of each picture, the class token first; else all.
 */
export function hiddenStates(
  pixels: tf.Tensor4D,
  parameters: Parameters,
  config: VisionConfig,
  last = config.layers,
  kept?: tf.Tensor1D,
): tf.Tensor2D[] {
  const weight = (name: string) => parameters.get(`vision.${name}`);
  const images = pixels.shape[0];
  const whole = embedPatches(pixels, parameters, config);
  const embedded = kept ? tf.gather(whole, kept) : whole;
  const isClip = config.kind === 'clip';
  const first = isClip ? layerNorm(embedded, weight('norm.scale'), weight('norm.shift'), config.epsilon) : embedded;
  const states: tf.Tensor2D[] = [first];
  for (let layer = 0; layer < last; layer++) {
    const before = states[layer] as tf.Tensor2D;
    states.push(tf.tidy(() => encoderLayer(before, images, `vision.${layer}`, parameters, config, null)));
  }
  return states;
}

function embedPatches(pixels: tf.Tensor4D, parameters: Parameters, config: VisionConfig): tf.Tensor2D {
  const kernel = parameters.get('vision.patches') as tf.Tensor as tf.Tensor4D;
  const images = pixels.shape[0];
  const size = config.hiddenSize;
  const patches = tf.reshape(tf.conv2d(pixels, kernel, config.patchSize, 'valid'), [images, -1, size]);
  if (config.kind === 'siglip') {
    const biased = tf.add(patches, parameters.get('vision.patches.bias'));
    return tf.reshape(tf.add(biased, parameters.get('vision.positions')), [-1, size]);
  }
  const classToken = tf.tile(tf.reshape(parameters.get('vision.class'), [1, 1, size]), [images, 1, 1]);
  const tokens = tf.add(tf.concat([classToken, patches], 1), parameters.get('vision.positions'));
  return tf.reshape(tokens, [-1, size]);
}

/**
 * One layer of either of CLIP's transformers, over `batch` sequences of equally many tokens.
 * @param mask added to attention scores, [1, 1, tokens, tokens]; null where every token sees every other.
 */
export function encoderLayer(
  x: tf.Tensor2D,
  batch: number,
  prefix: string,
  parameters: Parameters,
  { heads, epsilon, activation }: Pick<VisionConfig, 'heads' | 'epsilon' | 'activation'>,
  mask: tf.Tensor4D | null,
): tf.Tensor2D {
  if (canFuse()) {
    const find = (name: string) => parameters.find(`${prefix}.${name}`);
    const kinds = { batch, heads, sharedHeads: heads, activation, epsilon, kind: 'layer' } as const;
    return fusedLayer({ ...kinds, x, mask, weight: find }).hidden;
  }
  const weight = (name: string) => parameters.get(`${prefix}.${name}`);
  const apply = (name: string, input: tf.Tensor2D) =>
    linear(input, weight(`${name}.kernel`), parameters.find(`${prefix}.${name}.bias`));
  const norm = (name: string, input: tf.Tensor2D) =>
    layerNorm(input, weight(`${name}.norm.scale`), weight(`${name}.norm.shift`), epsilon);

  const packed = splitHeads(apply('attention.in', norm('attention', x)), batch, 3 * heads);
  const [query, key, value] = tf.split(packed, 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const attended: tf.Tensor2D = tf.add(x, apply('attention.out', mergeHeads(attention(query, key, value, mask))));
  const inner = activate(apply('mlp.in', norm('mlp', attended)), activation);
  return tf.add(attended, apply('mlp.out', inner));
}

/** What the encoder says, as the language model reads it: [images · tokensPerImage, text hidden size]. */
export function projectPictures(encoded: tf.Tensor2D, parameters: Parameters, config: ImageConfig): tf.Tensor2D {
  const apply = (name: string, input: tf.Tensor2D) =>
    linear(input, parameters.get(`projector.${name}.kernel`), parameters.find(`projector.${name}.bias`));
  return apply('out', activate(apply('in', encoded), config.projectorActivation));
}
