/** The bfloat16 mode: near the reference, measurably rounded, and without leaks. Runs where the CPU has it. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { lossAndGradients } from '../../../src/model/learning/index.js';
import { Network } from '../../../src/model/network/network.js';
import { PARTS } from '../../../src/model/network/parameter-specs.js';
import { linear } from '../../../src/model/ops/index.js';
import { describeRuntime, loadTensorFlow, readCpuFeatures } from '../../../src/model/runtime/index.js';
import { goldenBatch } from '../learning/golden-batch.js';
import { CASES, readGolden } from '../network/golden.js';

describe.runIf(readCpuFeatures().bfloat16)('bfloat16', () => {
  it('rounds to eight bits what a product reads', async () => {
    await loadTensorFlow({ device: 'cpu', precision: 'bfloat16' });
    expect(await describeRuntime()).toMatchObject({ precision: 'bfloat16' });
    const product = tf.tidy(() => linear(tf.tensor2d([[1 + 2 ** -12, 3]]), tf.tensor2d([[1], [2]])).dataSync());
    expect([...product]).toEqual([7]);
  });

  it.each(CASES)('has nearly the loss and gradients of the reference: %s', async (name) => {
    const golden = await readGolden(name);
    using network = await Network.load(golden.folder);
    const before = tf.memory();
    const { loss, gradients } = await lossAndGradients(network, goldenBatch(golden), new Set(PARTS));
    expect(tf.memory()).toEqual(before);
    const difference = Math.abs(loss - (golden.tensors.get('loss')!.data[0] as number));
    expect(difference).toBeGreaterThan(1e-6);
    expect(difference).toBeLessThan(0.02);
    const embedding = gradients.get('language.embedding') as Float32Array;
    const [, { data }] = [...golden.tensors].find(([key]) => /^gradient.*embed_tokens/.test(key))!;
    const length = Math.hypot(...data);
    expect(Math.hypot(...embedding.map((value, i) => value - (data[i] as number))) / length).toBeLessThan(0.05);
  });
});
