/**
 * A layer in one operation is the layer made of TensorFlow's operations, whatever its sizes and kinds; the same bits on
 * every vector width, alone or in a batch; and what does not fit together is refused.
 */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectPaths } from '../../../src/core/project-paths.js';
import type { Activation, TextConfig } from '../../../src/model/config/index.js';
import { decode, type LayerCache } from '../../../src/model/network/decoder.js';
import type { Parameters } from '../../../src/model/network/parameters.js';
import { encoderLayer } from '../../../src/model/network/vision-tower.js';
import { canFuse, fusedLayer } from '../../../src/model/ops/index.js';
import { describeRuntime, loadTensorFlow, readCpuFeatures } from '../../../src/model/runtime/index.js';
import type { LayersBinding } from '../../../src/model/runtime/native-binding.js';
import { denseMask, HIDDEN } from '../../../src/model/sequence/layout.js';

const WITHIN = 1e-5;
let binding: LayersBinding;
let best: string;

beforeAll(async () => {
  // A CPU without vectors of eight is left to TensorFlow where nobody names kernels.
  if (!readCpuFeatures().extensions.includes('avx2')) process.env.AGENT_KERNELS = 'portable';
  await loadTensorFlow({ device: 'cpu' });
  best = (await describeRuntime()).kernels;
  binding = createRequire(import.meta.url)(projectPaths.layersBinding) as LayersBinding;
});

const available = (): string[] =>
  ['portable', 'avx2', 'avx512'].slice(0, ['portable', 'avx2', 'avx512'].indexOf(best) + 1);

let seed = 1;
const random = (shape: number[], deviation = 1): tf.Tensor => tf.randomNormal(shape, 0, deviation, 'float32', seed++);

/** Weights by name, of the sizes that the names ask for. */
function weights(sizes: Readonly<Record<string, number[]>>): Parameters {
  const made = new Map(
    Object.entries(sizes).map(([name, shape]) => [name, random(shape, shape.length === 2 ? shape[0]! ** -0.5 : 0.5)]),
  );
  return { find: (name: string) => made.get(name), get: (name: string) => made.get(name)! } as unknown as Parameters;
}

function layerSizes(
  prefix: string,
  { width, packed, queries, widened, inner, biased, shifted }: Record<string, number>,
) {
  const sizes: Record<string, number[]> = {
    ...{ 'attention.in.kernel': [width!, packed!], 'attention.out.kernel': [queries!, width!] },
    ...{ 'mlp.in.kernel': [width!, widened!], 'mlp.out.kernel': [inner!, width!] },
    ...{ 'attention.norm.scale': [width!], 'mlp.norm.scale': [width!] },
    ...(shifted ? { 'attention.norm.shift': [width!], 'mlp.norm.shift': [width!] } : {}),
    ...(biased ? { 'attention.in.bias': [packed!], 'attention.out.bias': [width!] } : {}),
    ...(biased ? { 'mlp.in.bias': [widened!], 'mlp.out.bias': [width!] } : {}),
  };
  return Object.fromEntries(Object.entries(sizes).map(([name, shape]) => [`${prefix}.${name}`, shape]));
}

/** What `compute` gives of TensorFlow's operations: while gradients are recorded no layer is fused. */
function unfused(compute: () => tf.Tensor[]): tf.Tensor[] {
  let results: tf.Tensor[] = [];
  tf.grad((x) => {
    expect(canFuse()).toBe(false);
    results = compute().map((each) => tf.keep(each));
    return tf.sum(x);
  })(tf.scalar(1));
  return results;
}

const distance = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

/** Both ways give the same, and something. */
function expectSame(compute: () => tf.Tensor[]): void {
  tf.tidy(() => {
    const expected = unfused(compute);
    expect(canFuse()).toBe(true);
    compute().forEach((got, i) => {
      expect(got.shape).toEqual(expected[i]!.shape);
      expect(distance(got, expected[i]!)).toBeLessThan(WITHIN);
      expect(tf.max(tf.abs(got)).dataSync()[0]).toBeGreaterThan(0.1);
    });
    tf.dispose(expected);
  });
}

describe.each(['portable', 'avx2', 'avx512'])('with the kernels %s', (kernels) => {
  const runIf = (name: string, run: () => void) =>
    it(name, (context) => {
      if (!available().includes(kernels)) return context.skip();
      binding.open(2, kernels);
      try {
        run();
      } finally {
        binding.open(2, best);
      }
    });

  const activations: Activation[] = ['quick_gelu', 'gelu', 'gelu_pytorch_tanh', 'relu', 'silu'];
  for (const [i, activation] of activations.entries()) {
    const [heads, size, inner, tokens] = [
      [3, 64, 768, 145],
      [2, 20, 50, 7],
      [4, 8, 33, 30],
      [1, 72, 100, 1],
      [5, 16, 1300, 53],
    ][i]!;
    runIf(`an encoder's layer: ${activation}, ${heads} heads of ${size}, ${tokens} tokens`, () => {
      const width = heads! * size!;
      const given = { width, packed: 3 * width, queries: width, widened: inner!, inner: inner!, biased: 1, shifted: 1 };
      const parameters = weights(layerSizes('l', given));
      const x = random([2 * tokens!, width]) as tf.Tensor2D;
      const config = { heads: heads!, epsilon: 1e-5, activation };
      expectSame(() => [encoderLayer(x, 2, 'l', parameters, config, null)]);
    });
  }

  const decoders = [
    { batch: 1, heads: 6, shared: 6, size: 32, past: 160, prompt: 60, answers: [2, 2, 3], biased: 0, wanted: false },
    { batch: 3, heads: 6, shared: 2, size: 20, past: 5, prompt: 9, answers: [1, 4], biased: 1, wanted: true },
    { batch: 2, heads: 4, shared: 1, size: 16, past: 0, prompt: 40, answers: [], biased: 0, wanted: false },
    { batch: 1, heads: 2, shared: 1, size: 8, past: 70, prompt: 1, answers: [], biased: 1, wanted: false },
  ];
  for (const { batch, heads, shared, size, past, prompt, answers, biased, wanted } of decoders) {
    runIf(`a decoder: ${heads} heads on ${shared} of ${size}, ${prompt} tokens behind ${past}`, () => {
      const width = prompt + answers.reduce((sum, length) => sum + length, 0);
      const hiddenSize = 48;
      const [queries, packed, intermediateSize] = [heads * size, (heads + 2 * shared) * size, 37];
      const given = {
        width: hiddenSize,
        packed,
        queries,
        widened: 2 * intermediateSize,
        inner: intermediateSize,
        biased,
        shifted: 0,
      };
      const parameters = weights({ ...layerSizes('language.0', given), ...layerSizes('language.1', given) });
      const ids = (length: number) => new Array<number>(length).fill(0);
      // Rows of different lengths have masks of their own.
      const rows = Array.from({ length: batch }, (_, i) => ({
        prompt: ids(prompt - (i % 2 && prompt > 3 ? 2 : 0)),
        branches: answers.map(ids),
      }));
      const mask = denseMask(rows, width, past);
      const cache = (): LayerCache => ({
        key: random([batch, shared, past, size]) as tf.Tensor4D,
        value: random([batch, shared, past, size]) as tf.Tensor4D,
      });
      const angle = random([batch, 1, width, size / 2]);
      const config = { layers: 2, heads, keyValueHeads: shared, epsilon: 1e-6, activation: 'silu', intermediateSize };
      const chosen = [0, width - 1];
      const input = {
        embeddings: random([batch * width, hiddenSize]) as tf.Tensor2D,
        batch,
        rotation: {
          cosine: tf.concat([tf.cos(angle), tf.cos(angle)], 3) as tf.Tensor4D,
          sine: tf.concat([tf.neg(tf.sin(angle)), tf.sin(angle)], 3) as tf.Tensor4D,
        },
        visible: { kind: 'dense', mask: mask && tf.tensor4d(mask, [batch, 1, width, past + width]) } as const,
        ...(past > 0 ? { past: [cache(), cache()] } : {}),
        ...(wanted
          ? {
              wanted: {
                tokens: tf.tensor1d(chosen, 'int32'),
                rows: tf.tensor1d(
                  Array.from({ length: batch }, (_, i) => chosen.map((t) => i * width + t)).flat(),
                  'int32',
                ),
              },
            }
          : {}),
      };
      expectSame(() => {
        const result = decode(input, parameters, config as unknown as TextConfig);
        return [result.hidden, ...result.cache.flatMap(({ key, value }) => [key, value])];
      });
    });
  }
});

/** Some layer of a decoder over `batch` sequences of 50 tokens, of which the first are always the same. */
function someLayer(batch: number): tf.Tensor {
  seed = 100;
  const [width, heads, size, inner, tokens] = [96, 4, 24, 80, 50] as const;
  const given = { width, packed: 3 * width, queries: width, widened: 2 * inner, inner, biased: 0, shifted: 0 };
  const parameters = weights(layerSizes('l', given));
  const x = tf.concat(Array.from({ length: batch }, () => random([tokens, width]))) as tf.Tensor2D;
  const angle = tf.ones([batch, 1, tokens, size]) as tf.Tensor4D;
  const mask = tf.tensor4d(denseMask([{ prompt: new Array<number>(tokens).fill(0), branches: [] }], tokens, 0)!, [
    1,
    1,
    tokens,
    tokens,
  ]);
  const rotation = { cosine: tf.cos(angle), sine: tf.sin(angle) };
  return fusedLayer({
    ...{ x, batch, heads, sharedHeads: heads, activation: 'silu', epsilon: 1e-5, kind: 'rms', mask, rotation },
    weight: (name) => parameters.find(`l.${name}`),
  }).hidden;
}

describe('its numbers', () => {
  it('are the same bit for bit with vectors of 8 and of 16, with one thread and with two', (context) => {
    if (!available().includes('avx512')) return context.skip();
    const with8 = binding.open(1, 'avx2') && someLayer(3).dataSync();
    expect(binding.open(1, 'avx512')).toBe('avx512');
    expect(someLayer(3).dataSync()).toEqual(with8);
  });

  it('do not depend on what else is in the batch', () => {
    const alone = someLayer(1).dataSync();
    expect(someLayer(5).dataSync().slice(0, alone.length)).toEqual(alone);
  });

  it.each(['gelu', 'relu', 'silu', 'quick_gelu', 'gelu_new'] as const)(
    'are none where a weight is none: %s',
    (activation) => {
      tf.tidy(() => {
        const given = { width: 16, packed: 48, queries: 16, widened: 8, inner: 8, biased: 1, shifted: 1 };
        for (const [name, at] of [
          ['attention.in.kernel', 20], // of a key alone
          ['mlp.in.bias', 3],
        ] as const) {
          const parameters = weights(layerSizes('l', given));
          const values = parameters.get(`l.${name}`).dataSync().slice();
          values[at] = Number.NaN;
          const spoilt = tf.tensor(values, parameters.get(`l.${name}`).shape);
          const find = (wanted: string) => (wanted === name ? spoilt : parameters.find(`l.${wanted}`));
          const x = random([6, 16]) as tf.Tensor2D;
          const layer = {
            x,
            batch: 1,
            heads: 2,
            sharedHeads: 2,
            activation,
            epsilon: 1e-5,
            kind: 'layer',
            mask: null,
          } as const;
          expect(
            fusedLayer({ ...layer, weight: find })
              .hidden.dataSync()
              .every(Number.isNaN),
          ).toBe(true);
        }
      });
    },
  );

  it('are those of a mean where a mask hides everything', () => {
    tf.tidy(() => {
      const parameters = weights(
        layerSizes('l', { width: 16, packed: 48, queries: 16, widened: 8, inner: 8, biased: 1, shifted: 1 }),
      );
      const mask = tf.fill([1, 1, 6, 6], HIDDEN) as tf.Tensor4D;
      const x = random([6, 16]) as tf.Tensor2D;
      expectSame(() => [encoderLayer(x, 1, 'l', parameters, { heads: 2, epsilon: 1e-5, activation: 'gelu' }, mask)]);
    });
  });
});

describe('what does not fit together', () => {
  const layer = (changed: Record<string, number[]>, rows?: number[]) => () => {
    const sizes = { width: 16, packed: 48, queries: 16, widened: 8, inner: 8, biased: 1, shifted: 1 };
    const parameters = weights({ ...layerSizes('l', sizes), ...changed });
    return fusedLayer({
      ...{ x: random([6, 16]) as tf.Tensor2D, batch: 2, heads: 2, sharedHeads: 2, activation: 'gelu', epsilon: 1e-5 },
      ...{ kind: 'layer', mask: null, weight: (name) => parameters.find(`l.${name}`) },
      rows: rows && tf.tensor1d(rows, 'int32'),
    }).hidden.dataSync();
  };

  it('is refused, and the process goes on', () => {
    expect(layer({ 'l.attention.in.bias': [47] })).toThrow(/in_bias: float has 47 values, not 48/);
    expect(layer({ 'l.mlp.out.kernel': [8, 15] })).toThrow(/narrow_kernel: float has 120 values, not 128/);
    expect(layer({}, [0, 7, 3, 4])).toThrow(/a wanted row is not one of its sequence/);
    expect(layer({}, [0, 1, 3])).toThrow(/not equally many wanted rows/);
    expect(layer({}, [0, 2, 3, 4])()).toHaveLength(64);
  });

  it('are kernels that a CPU has not', () => {
    expect(() => binding.open(1, 'avx9')).toThrow(/no kernels named avx9/);
  });
});
