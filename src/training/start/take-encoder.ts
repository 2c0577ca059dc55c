/** Puts a CLIP's weights into the vision tower of a network. */
import * as tf from '@tensorflow/tfjs';
import { expectTensors, type SafetensorsFile } from '../../model/checkpoint/index.js';
import type { Network } from '../../model/network/network.js';
import { Parameters } from '../../model/network/parameters.js';
import { nameInClip } from './encoder.js';

/** Rejects with `checkpoint` where a tensor is missing or has another shape. */
export async function takeEncoder(network: Network, clip: SafetensorsFile): Promise<void> {
  const specs = network.parameters.specs.filter(({ part }) => part === 'vision');
  const wanted = new Map(
    specs.flatMap(({ pieces }) => pieces.map(({ tensor, shape }) => [nameInClip(tensor), shape] as const)),
  );
  // The text side and the projections of a whole CLIP are of no use here.
  const names = clip.names.filter((name) => wanted.has(name));
  expectTensors({ path: clip.path, names, shape: (name) => clip.shape(name) }, wanted);
  using taken = await Parameters.create(specs, async ({ tensor }) => (await clip.read(nameInClip(tensor))).data);
  tf.tidy(() => {
    for (const { name } of specs) network.parameters.get(name).assign(tf.clone(taken.get(name)));
  });
}
