/**
 * The loss that training makes small, and its gradients. Both run as graph functions from the first batch on, so that a
 * resumed run rounds as the one that it continues.
 */
import * as tf from '@tensorflow/tfjs';
import type { Network } from '../network/network.js';
import type { Part } from '../network/parameter-specs.js';
import { allPixelsOf, EncoderMemory } from './encoder-memory.js';
import { type Gradients, gradientsOf } from './gradients.js';
import { type GivenPictures, prepareBatch, type TrainingBatch } from './prepared-batch.js';

/**
 * The loss is the mean cross entropy of an answer token, in nats; of features the mean square of a token's weighted
 * deviations.
 */
export interface LossAndGradients extends Gradients {
  /** Answer tokens that the mean is over, each counted by its weight; of features all. */
  readonly tokens: number;
}

/**
 * Computes the loss of a batch, and its gradient for every parameter of the parts that learn.
 * @param memory of what the encoder says of named pictures, as long as it does not learn.
 */
export async function lossAndGradients(
  network: Network,
  batch: TrainingBatch,
  learning: ReadonlySet<Part>,
  memory = new EncoderMemory(network),
): Promise<LossAndGradients> {
  const pictures = await givenPictures(batch, learning.has('vision') ? null : memory);
  const { key, inputs, loss, tokens } = prepareBatch(network, batch, pictures);
  const found = await gradientsOf(network.parameters, learning, (differentiate) => {
    const run = (given: tf.NamedTensorMap) => differentiate(() => loss(given));
    return network.graphs.run(`gradients of ${[...learning].sort()}, ${key}`, inputs(), run, 'first');
  });
  return { ...found, tokens };
}

/** The loss of a batch, without gradients. */
export async function lossOf(network: Network, batch: TrainingBatch): Promise<number> {
  const { key, inputs, loss } = prepareBatch(network, batch, await givenPictures(batch, null));
  const [value] = tf.tidy(() => network.graphs.run(`loss, ${key}`, inputs(), (given) => [loss(given)], 'first')) as [
    tf.Tensor,
  ];
  const [found] = await value.data<'float32'>();
  value.dispose();
  return found as number;
}

async function givenPictures({ pixels }: TrainingBatch, memory: EncoderMemory | null): Promise<GivenPictures> {
  if (!pixels) return null;
  if (pixels instanceof Float32Array) return { pixels };
  return memory ? { encoded: await memory.encodedOf(pixels) } : { pixels: allPixelsOf(pixels) };
}
