/** Parameters of a network that has not learnt anything yet. */

import { sizeOf } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import type { ModelConfig } from '../config/index.js';
import { type ParameterSpec, parameterSpecs } from './parameter-specs.js';
import { Parameters } from './parameters.js';

/** Standard deviation of embeddings and matrices, as the LLaMA and CLIP configurations have it. */
const DEVIATION = 0.02;

/**
 * Random parameters: scales 1, shifts and biases 0, everything else normal with deviation 0.02, the projections back
 * into the residual stream smaller by the root of the number of layers that add to it (GPT-2's rule). The same seed
 * gives the same network. TensorFlow must be loaded.
 */
export function initialParameters(config: ModelConfig, seed: number): Promise<Parameters> {
  const random = createRandom(seed, 'parameters');
  const layers = { vision: config.image?.vision.layers ?? 1, language: config.text.layers, projector: 1 };
  return Parameters.create(parameterSpecs(config), ({ shape }, spec) => {
    const values = new Float32Array(sizeOf(shape));
    if (spec.name.endsWith('.scale')) return values.fill(1);
    if (spec.name.endsWith('.shift') || spec.name.endsWith('.bias')) return values;
    const deviation = isResidual(spec) ? DEVIATION / Math.sqrt(2 * layers[spec.part]) : DEVIATION;
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

function isResidual({ name, part }: ParameterSpec): boolean {
  return part !== 'projector' && name.endsWith('.out.kernel');
}
