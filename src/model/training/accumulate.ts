/** Gradients of several batches as if they were one: for batches that do not fit memory at once. */
import type { LossAndGradients } from './loss.js';

export class GradientSum {
  private readonly sums = new Map<string, Float32Array>();
  private loss = 0;
  private tokens = 0;

  /** Adds a batch; each counts by its answer tokens, so that the mean is over all tokens together. */
  add({ loss, tokens, gradients }: LossAndGradients): void {
    this.loss += loss * tokens;
    this.tokens += tokens;
    for (const [name, gradient] of gradients) {
      const sum = this.sums.get(name) ?? new Float32Array(gradient.length);
      for (let i = 0; i < gradient.length; i++) sum[i] = (sum[i] as number) + (gradient[i] as number) * tokens;
      this.sums.set(name, sum);
    }
  }

  /** The mean over everything added; the sum starts anew. */
  take(): LossAndGradients {
    const { loss, tokens } = this;
    const gradients = new Map(this.sums);
    for (const sum of gradients.values()) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) / tokens;
    this.sums.clear();
    this.loss = 0;
    this.tokens = 0;
    return { loss: loss / tokens, tokens, gradients };
  }
}
