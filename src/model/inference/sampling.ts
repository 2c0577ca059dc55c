/** Choosing a token from logits. */
import { AgentError } from '../../core/errors.js';
import type { Random } from '../../core/random.js';

export interface SamplingSettings {
  readonly temperature: number;
  /** Needed above temperature 0: nothing here draws from an unseeded source. */
  readonly random?: Random;
}

/**
 * The likeliest token (the lowest id among equals) at temperature 0, else one drawn from the softmax of
 * logits / temperature.
 * Throws `runtime` for logits that are no numbers, `usage` for a temperature without a generator.
 */
export function pickToken(logits: Float32Array, { temperature, random }: SamplingSettings): number {
  const best = argmax(logits);
  if (temperature === 0) return best;
  if (!random) throw new AgentError('usage', 'sampling needs a seeded random generator');
  const top = logits[best] as number;
  const weights = logits.map((logit) => Math.exp((logit - top) / temperature));
  let rest = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  // Rounding may leave a remainder after the last weight.
  return drawn < 0 ? best : drawn;
}

function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] as number;
    if (Number.isNaN(logit)) {
      throw new AgentError('runtime', 'the model computed no number', {
        expected: 'logits',
        got: `NaN for token ${i}`,
        next: 'the weights probably hold NaN or infinite values: check the training run that wrote them',
      });
    }
    if (logit > (logits[best] as number)) best = i;
  }
  return best;
}
