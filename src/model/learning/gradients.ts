/** Gradients of any loss over a network's parameters. */
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import type { Part } from '../network/parameter-specs.js';
import type { Parameters } from '../network/parameters.js';

/** A loss and its gradients by parameter name; of frozen and unused parameters there are none. */
export interface Gradients {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Computes a loss and its gradients: the loss first, then one tensor for each parameter that learns. */
export type Differentiate = (loss: () => tf.Scalar) => tf.Tensor[];

/**
 * Computes a loss, and its gradient for every parameter of the parts that learn.
 * @param run calls what it is given, and hands on what comes back; perhaps inside a graph function.
 */
export async function gradientsOf(
  parameters: Parameters,
  learning: ReadonlySet<Part>,
  run: (differentiate: Differentiate) => tf.Tensor[],
): Promise<Gradients> {
  const names = parameters.specs.filter(({ part }) => learning.has(part)).map(({ name }) => name);
  const variables = names.map((name) => parameters.get(name));
  const [value, ...slopes] = tf.tidy(() =>
    run((loss) => {
      const { value: total, grads } = tf.variableGrads(loss, variables);
      // As many whatever the loss depends on: what has no gradient gives an empty one.
      return [total, ...variables.map((variable) => grads[variable.name] ?? tf.zeros([0]))];
    }),
  ) as [tf.Tensor, ...tf.Tensor[]];
  // On a CPU values are there at once and no promise below waits: signals would never be heard in a long training.
  await setImmediate();
  const gradients = new Map<string, Float32Array>();
  for (const [i, slope] of slopes.entries()) {
    if (slope.size > 0) gradients.set(names[i] as string, await slope.data<'float32'>());
  }
  const [loss] = await value.data<'float32'>();
  tf.dispose([value, ...slopes]);
  return { loss: loss as number, gradients };
}
