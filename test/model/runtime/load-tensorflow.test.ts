/** TensorFlow really loaded: arithmetic, a gradient, no leak, and choices that cannot be changed afterwards. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeRuntime, loadTensorFlow, type TensorFlow } from '../../../src/model/runtime/index.js';

let tf: TensorFlow;

beforeAll(async () => {
  tf = await loadTensorFlow({ device: 'cpu', threads: 2 });
});

describe('loadTensorFlow', () => {
  it('multiplies matrices on the TensorFlow backend', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0]);
    expect(product).toBe(11);
  });

  it('differentiates: the gradient of sum(x W)² agrees with the formula', () => {
    const gradient = tf.tidy(() => {
      const weight = tf.tensor2d([[2], [3]]);
      const loss = (x: InstanceType<TensorFlow['Tensor']>) => tf.sum(tf.square(tf.matMul(x as never, weight)));
      return Array.from(
        tf
          .grad(loss as never)(tf.tensor2d([[1, 1]]))
          .dataSync(),
      );
    });
    expect(gradient).toEqual([20, 30]); // 2 (x·w) w = 2 · 5 · [2, 3]
  });

  it('frees every tensor', () => {
    const before = tf.memory().numTensors;
    for (let i = 0; i < 50; i += 1) tf.tidy(() => tf.matMul(tf.ones([32, 32]), tf.ones([32, 32])).dataSync());
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs any TensorFlow op by name', async () => {
    const einsum = tf.tidy(() => tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([3, 2])).dataSync());
    expect(Array.from(einsum)).toEqual([3, 3, 3, 3]);
  });

  it('says what is loaded', async () => {
    const runtime = await describeRuntime();
    expect(runtime).toMatchObject({ device: 'cpu', precision: 'float32', threads: 2 });
    expect(runtime.tensorflow).toMatch(/^2\.\d+\.\d+$/);
  });

  it('gives the same namespace again, and refuses another choice', async () => {
    expect(await loadTensorFlow()).toBe(tf);
    expect(await loadTensorFlow({ device: 'auto' })).toBe(tf);
    await expect(loadTensorFlow({ threads: 1 })).rejects.toThrow(/already loaded with other choices/);
    await expect(loadTensorFlow({ device: 'gpu' })).rejects.toMatchObject({ code: 'runtime' });
  });
});

describe('AGENT_KERNELS', () => {
  /** What a process of its own says of its kernels, or the message of what it throws. */
  const kernelsOf = async (wanted: string): Promise<string> => {
    const runtime = new URL('../../../src/model/runtime/index.ts', import.meta.url).href;
    const script = `
      const { describeRuntime } = await import('${runtime}');
      try { console.log((await describeRuntime()).kernels); }
      catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = await promisify(execFile)('node', ['--import', 'tsx', '--input-type=module', '-e', script], {
      env: { ...process.env, AGENT_KERNELS: wanted },
    });
    return stdout.trim();
  };

  it('names the kernels of layers, or none', async () => {
    expect(await kernelsOf('portable')).toBe('portable');
    expect(await kernelsOf('tensorflow')).toBe('tensorflow');
    expect(await kernelsOf('fast')).toContain('usage AGENT_KERNELS names kernels that do not run here');
  });
});
