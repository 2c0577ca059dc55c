/** A vision encoder by itself, whether it is a CLIP's or a language model's eye. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { VisionConfig } from '../../model/config/index.js';
import { type ImageProcessing, readImageProcessing } from '../../model/image/index.js';
import { Network } from '../../model/network/network.js';
import type { Parameters } from '../../model/network/parameters.js';
import { hiddenStates } from '../../model/network/vision-tower.js';
import { ClipNetwork } from '../clip/network.js';

export interface Encoder {
  readonly vision: VisionConfig;
  readonly processing: ImageProcessing;
  /** The layer whose features are meant; 0 is before the first. */
  readonly layer: number;
  /**
   * Features of all patches, [pictures, patches, hidden size], for the caller's `tf.tidy`.
   * @param pixels [pictures, side, side, 3], normalised.
   */
  features(pixels: tf.Tensor4D): tf.Tensor3D;
}

/** The layer that LLaVA's models read, counted from the last: the one before it. */
const READ_LAYER = -2;

/** @param layer as in a checkpoint's `vision_feature_layer`: from the last where it is negative. */
export function encoderOf(
  parameters: Parameters,
  { vision, processing, layer = READ_LAYER }: { vision: VisionConfig; processing: ImageProcessing; layer?: number },
): Encoder {
  const at = layer < 0 ? vision.layers + 1 + layer : layer;
  if (!Number.isInteger(at) || at < 0 || at > vision.layers) {
    throw new AgentError('usage', 'the encoder has no such layer', {
      expected: `${-vision.layers - 1} to ${vision.layers}`,
      got: String(layer),
    });
  }
  const features = (pixels: tf.Tensor4D): tf.Tensor3D => {
    const states = hiddenStates(pixels, parameters, vision, at)[at] as tf.Tensor2D;
    const [pictures, size] = [pixels.shape[0], vision.hiddenSize];
    const tokens = states.shape[0] / pictures;
    return tf.slice(
      tf.reshape(states, [pictures, tokens, size]),
      [0, 1, 0],
      [pictures, tokens - 1, size],
    ) as tf.Tensor3D;
  };
  return { vision, processing, layer: at, features };
}

/**
 * Loads the encoder of a CLIP's folder or of a model's; whoever loads it disposes of it. Rejects with an `AgentError`
 * `checkpoint`.
 */
export async function loadEncoder(folder: string, layer?: number): Promise<Encoder & Disposable> {
  const processing = await readImageProcessing(folder);
  const network = (await isClip(folder)) ? await ClipNetwork.load(folder) : await Network.load(folder);
  const vision = network instanceof ClipNetwork ? network.config.vision : network.image.vision;
  const chosen = layer === undefined ? {} : { layer };
  const encoder = encoderOf(network.parameters, { vision, processing, ...chosen });
  return { ...encoder, [Symbol.dispose]: () => network[Symbol.dispose]() };
}

/** Whether a folder holds a CLIP, pictures and texts alike. */
export async function isClip(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '');
  return /"model_type":\s*"clip"/.test(text);
}
