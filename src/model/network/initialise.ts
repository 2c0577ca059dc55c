/** Parameters of a network that has not learnt anything yet. */

import { sizeOf } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import type { ModelConfig } from '../config/index.js';
import { type ParameterSpec, type Part, parameterSpecs } from './parameter-specs.js';
import { Parameters } from './parameters.js';

/** Standard deviation of embeddings and matrices, as the LLaMA and CLIP configurations have it. */
export const DEVIATION = 0.02;

/**
 * Random parameters: scales 1, shifts and biases 0, everything else normal with deviation 0.02, the projections back
 * into the residual stream smaller by the root of the number of layers that add to it (GPT-2's rule). The same seed
 * gives the same network. TensorFlow must be loaded.
 */
export function initialParameters(config: ModelConfig, seed: number): Promise<Parameters> {
  const layers = { vision: config.image?.vision.layers ?? 1, language: config.text.layers };
  return drawParameters(parameterSpecs(config), layers, seed);
}

/** The same for any list of parameters; `layers` says how many add to the residual stream of a part. */
export function drawParameters(
  specs: readonly ParameterSpec[],
  layers: Readonly<Partial<Record<Part, number>>>,
  seed: number,
): Promise<Parameters> {
  const random = createRandom(seed, 'parameters');
  return Parameters.create(specs, ({ shape }, spec) => {
    const values = new Float32Array(sizeOf(shape));
    if (spec.name.endsWith('.scale')) return values.fill(1);
    if (spec.name.endsWith('.shift') || spec.name.endsWith('.bias')) return values;
    const added = spec.name.endsWith('.out.kernel') ? layers[spec.part] : undefined;
    const deviation = added === undefined ? DEVIATION : DEVIATION / Math.sqrt(2 * added);
    for (let i = 0; i < values.length; i += 2) {
      // Box and Muller: two uniform numbers make two normal ones.
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.next()));
      const angle = 2 * Math.PI * random.next();
      values[i] = radius * Math.cos(angle);
      if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  });
}
