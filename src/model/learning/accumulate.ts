/** Gradients of several batches as if they were one: for batches that do not fit memory at once. */
import type { LossAndGradients } from './loss.js';

/**
 * The mean over batches, each counting by its answer tokens, so that it is over all tokens together. A single batch is
 * handed on untouched.
 * @param parts computed one after another; each is dropped once it is added.
 */
export async function meanOver(parts: Iterable<Promise<LossAndGradients>>): Promise<LossAndGradients> {
  let total: LossAndGradients | undefined;
  for (const part of parts) total = total ? merge(total, await part) : await part;
  if (!total) throw new RangeError('a step needs at least one batch');
  return total;
}

function merge(a: LossAndGradients, b: LossAndGradients): LossAndGradients {
  const tokens = a.tokens + b.tokens;
  const [shareA, shareB] = [a.tokens / tokens, b.tokens / tokens];
  const gradients = new Map(a.gradients);
  for (const [name, gradient] of b.gradients) {
    // The first map is ours to overwrite: nobody else holds it.
    const sum = gradients.get(name) ?? new Float32Array(gradient.length);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) * shareA + (gradient[i] as number) * shareB;
    gradients.set(name, sum);
  }
  return { loss: a.loss * shareA + b.loss * shareB, tokens, gradients };
}
