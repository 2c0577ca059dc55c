/** Graph functions compute what their operations compute, follow the variables, and do not pile up. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GraphFunctions, loadTensorFlow } from '../../../src/model/runtime/index.js';

let weight: tf.Variable;
let functions: GraphFunctions;

beforeAll(async () => {
  await loadTensorFlow();
});

beforeEach(() => {
  weight = tf.tidy(() =>
    tf.variable(
      tf.tensor2d([
        [0.5, -1],
        [2, 0.25],
      ]),
    ),
  );
  functions = new GraphFunctions(() => [weight]);
  return () => {
    functions[Symbol.dispose]();
    weight.dispose();
    expect(tf.memory().numTensors).toBe(0);
  };
});

/** Lists of inputs, several outputs, constants, a gradient, and an output that is an input. */
function compute({ x }: tf.NamedTensorMap): tf.Tensor[] {
  const product = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D);
  const joined = tf.concat([product, tf.mul(product, 2)], 1);
  const slope = tf.grad((y) => tf.sum(tf.square(tf.matMul(y as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D))));
  return [tf.softmax(joined), ...tf.split(joined, 2, 1), slope(x as tf.Tensor), x as tf.Tensor];
}

const values = (tensors: tf.Tensor[]) => tensors.map((tensor) => ({ shape: tensor.shape, data: tensor.dataSync() }));

function expectSame(rows: number): void {
  tf.tidy(() => {
    const x = tf.randomNormal([rows, 2], 0, 1, 'float32', rows);
    const expected = values(compute({ x }));
    const got = values(functions.run('test', { x }, compute, 'first'));
    got.forEach(({ shape, data }, i) => {
      expect(shape).toEqual(expected[i]!.shape);
      data.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[i]!.data[k]!, 5);
      });
    });
  });
}

describe('GraphFunctions', () => {
  it('agree with their operations, and read the variables of each call', () => {
    expectSame(3);
    tf.tidy(() =>
      weight.assign(
        tf.tensor2d([
          [3, 1],
          [-1, 0],
        ]),
      ),
    );
    expectSame(3);
    expect(functions.size).toBe(1);
  });

  it('trace each shape and key, a bounded number of them', () => {
    for (let rows = 1; rows <= 30; rows++) expectSame(rows);
    expect(functions.size).toBe(24);
    expectSame(1);
    expect(functions.size).toBe(24);
  });

  it('wait for the second time, unless asked not to', () => {
    let traced = 0;
    const count = (inputs: tf.NamedTensorMap) => {
      traced++;
      return compute(inputs);
    };
    tf.tidy(() => {
      const x = tf.ones([2, 2]);
      functions.run('waits', { x }, count);
      expect([functions.size, traced]).toEqual([0, 1]);
      for (let i = 0; i < 3; i++) functions.run('waits', { x }, count);
      expect([functions.size, traced]).toEqual([1, 2]);
    });
  });

  it('run as they stand where gradients are recorded and inside one another', () => {
    tf.tidy(() => {
      const x = tf.ones([2, 2]);
      const total = ({ x: given }: tf.NamedTensorMap) => [tf.sum(compute({ x: given as tf.Tensor })[1] as tf.Tensor)];
      const through = tf.grad((y) => functions.run('inner', { x: y }, total, 'first')[0] as tf.Tensor)(x);
      const plain = tf.grad((y) => total({ x: y })[0] as tf.Tensor)(x);
      expect(through.dataSync()).toEqual(plain.dataSync());
      expect(functions.size).toBe(0);
      functions.run('outer', { x }, (given) => functions.run('inner', given, total, 'first'), 'first');
      expect(functions.size).toBe(1);
    });
  });

  it('refuse to read values or strangers, and leave the backend as it was', () => {
    tf.tidy(() => {
      const x = tf.ones([2, 2]);
      const stranger = tf.ones([2, 2]);
      const reads = ({ x: given }: tf.NamedTensorMap) => [tf.scalar((given as tf.Tensor).dataSync()[0] as number)];
      const takes = ({ x: given }: tf.NamedTensorMap) => [tf.add(given as tf.Tensor, stranger)];
      const wrong = ({ x: given }: tf.NamedTensorMap) => [tf.matMul(given as tf.Tensor2D, tf.ones([3, 2]))];
      expect(() => functions.run('reads', { x }, reads, 'first')).toThrow(/reads values/);
      expect(() => functions.run('takes', { x }, takes, 'first')).toThrow(/neither its input nor a parameter/);
      expect(() => functions.run('wrong', { x }, wrong, 'first')).toThrow(/Dimensions must be equal/);
      expect(functions.size).toBe(0);
    });
    expectSame(2);
  });
});
