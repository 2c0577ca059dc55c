/** What a CLIP begins with: texts that differ in a word differ, and a patch looks at patches like it. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorFlow } from '../../../src/model/runtime/index.js';
import { parseClipConfig } from '../../../src/training/clip/config.js';
import { ClipNetwork } from '../../../src/training/clip/index.js';
import { startTowers } from '../../../src/training/clip/tower-start.js';

const tower = { hidden_size: 48, intermediate_size: 96, num_hidden_layers: 2, num_attention_heads: 2 };
const config = parseClipConfig(
  {
    model_type: 'clip',
    projection_dim: 32,
    vision_config: { model_type: 'clip_vision_model', image_size: 16, patch_size: 8, num_channels: 3, ...tower },
    text_config: { ...tower, vocab_size: 40, max_position_embeddings: 12, eos_token_id: 39 },
  },
  'test',
);

/** The least similarity of two texts that differ in one word of two. */
function alike(network: ClipNetwork): number {
  const texts = [10, 11, 12, 13, 14, 15].map((word) => [38, 5, word, 39]);
  const values = tf.tidy(() => {
    const vectors = network.textVectors(texts);
    return tf.matMul(vectors, vectors, false, true).dataSync<'float32'>();
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the start of a tower', () => {
  beforeAll(() => loadTensorFlow());

  it('sets texts apart that a usual start does not', async () => {
    using usual = await ClipNetwork.create(config, 4);
    using apart = await ClipNetwork.create(config, 4);
    startTowers(apart.parameters, config, 4);
    expect(alike(usual)).toBeGreaterThan(0.97);
    expect(alike(apart)).toBeLessThan(0.93);
  });

  it('makes queries of pictures equal to keys, those of texts not, and is the same from the same seed', async () => {
    using one = await ClipNetwork.create(config, 4);
    using other = await ClipNetwork.create(config, 4);
    for (const { parameters } of [one, other]) startTowers(parameters, config, 9);
    const kernel = (network: ClipNetwork, name: string) =>
      network.parameters.get(`${name}.1.attention.in.kernel`).dataSync<'float32'>();
    const [vision, text] = [kernel(one, 'vision'), kernel(one, 'text')];
    for (let row = 0; row < 48; row++) {
      expect(vision.slice(row * 144, row * 144 + 48)).toEqual(vision.slice(row * 144 + 48, row * 144 + 96));
    }
    expect(text.slice(0, 48)).not.toEqual(text.slice(48, 96));
    expect(kernel(other, 'vision')).toEqual(vision);
  });
});
