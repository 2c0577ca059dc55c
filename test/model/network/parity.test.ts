/** The network computes what transformers' LlavaForConditionalGeneration computes. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../../../src/model/network/network.js';
import { hiddenStates } from '../../../src/model/network/vision-tower.js';
import { layOut } from '../../../src/model/sequence/layout.js';
import { CASES, type Golden, maxDifference, readGolden, take } from './golden.js';

const TOLERANCE = 1e-4;

describe.each(CASES)('%s', (name) => {
  let golden: Golden;
  let network: Network;
  let pixels: tf.Tensor4D;
  let features: tf.Tensor2D;
  const tensor = (key: string) => golden.tensors.get(key)!;

  beforeAll(async () => {
    golden = await readGolden(name);
    network = await Network.load(golden.folder);
    pixels = tf.tensor4d(tensor('pixels').data, tensor('pixels').shape as [number, number, number, number]);
    features = tf.tidy(() => network.features(pixels));
  });
  afterAll(() => {
    tf.dispose([pixels, features]);
    network[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('gives the same vision features', () => {
    const last = tf.tidy(() => hiddenStates(pixels, network.parameters, network.image.vision).at(-1) as tf.Tensor2D);
    expect(maxDifference(take(last), tensor('last_hidden_state').data)).toBeLessThan(TOLERANCE);
    expect(maxDifference(features.dataSync(), tensor('features').data)).toBeLessThan(TOLERANCE);
  });

  it('gives the same logits, one prompt at a time and as a batch of different lengths', () => {
    const { prompts, images } = golden;
    const perImage = network.image.tokensPerImage;
    let first = 0;
    for (const [i, prompt] of prompts.entries()) {
      const count = (images[i] as number) * perImage;
      const logits = tf.tidy(() => {
        const own = tf.slice(features, [first, 0], [count, features.shape[1]]);
        const { hidden } = network.run(layOut([{ prompt, branches: [] }]), own);
        return network.logits(
          hidden,
          prompt.map((_, index) => index),
        );
      });
      expect(maxDifference(take(logits), tensor(`logits.${i}`).data)).toBeLessThan(TOLERANCE);
      first += count;
    }
    const layout = layOut(prompts.map((prompt) => ({ prompt, branches: [] })));
    for (const [i, prompt] of prompts.entries()) {
      const rows = prompt.map((_, index) => i * layout.width + index);
      const logits = tf.tidy(() => network.logits(network.run(layout, features).hidden, rows));
      expect(maxDifference(take(logits), tensor(`logits.${i}`).data)).toBeLessThan(TOLERANCE);
    }
  });
});
