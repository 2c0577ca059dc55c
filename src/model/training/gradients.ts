/** Gradients of any loss over a network's parameters. */
import * as tf from '@tensorflow/tfjs';
import type { Part } from '../network/parameter-specs.js';
import type { Parameters } from '../network/parameters.js';

/** A loss and its gradients by parameter name; of frozen and unused parameters there are none. */
export interface Gradients {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Computes a loss, and its gradient for every parameter of the parts that learn. */
export async function gradientsOf(
  parameters: Parameters,
  learning: ReadonlySet<Part>,
  compute: () => tf.Scalar,
): Promise<Gradients> {
  const specs = parameters.specs.filter(({ part }) => learning.has(part));
  const names = new Map(specs.map(({ name }) => [parameters.get(name).name, name]));
  const { value, grads } = tf.variableGrads(
    compute,
    specs.map(({ name }) => parameters.get(name)),
  );
  const gradients = new Map<string, Float32Array>();
  for (const [variable, gradient] of Object.entries(grads)) {
    gradients.set(names.get(variable) as string, await gradient.data<'float32'>());
  }
  const [loss] = await value.data<'float32'>();
  tf.dispose([value, ...Object.values(grads)]);
  return { loss: loss as number, gradients };
}
