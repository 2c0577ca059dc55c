/**
 * AdamW on the host. The update is a few operations on every number once a step: one loop over plain arrays reads and
 * writes memory once, where a chain of small device operations would do it a dozen times.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { Parameters } from '../network/parameters.js';

/** As PyTorch's `torch.optim.AdamW` has them. */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled; on matrices alone, not on scales, shifts, biases and single vectors. */
  readonly weightDecay: number;
  /** Largest norm of all gradients together; longer ones are shortened to it. Infinity leaves them. */
  readonly maxNorm: number;
}

export const ADAMW_DEFAULTS: AdamWSettings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 1 };

/** What AdamW remembers of one parameter. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Steps this parameter has taken: one that was frozen for a while corrects its bias by its own count. */
  steps: number;
}

interface Move {
  /** What the gradient is shortened by. */
  readonly factor: number;
  readonly learningRate: number;
  readonly kept: Uint8Array | undefined;
}

const NONE: ReadonlyMap<string, Uint8Array> = new Map();

export class AdamW {
  readonly moments = new Map<string, Moments>();
  readonly #values = new Map<string, Float32Array>();

  constructor(
    private readonly parameters: Parameters,
    readonly settings: AdamWSettings = ADAMW_DEFAULTS,
    /** Names of matrices that weight decay leaves alone too. */
    private readonly undecayed: ReadonlySet<string> = new Set(),
  ) {}

  /**
   * Moves every parameter that has a gradient.
   * @param learningRate of all, or of each by its name.
   * @param kept by a parameter's name, 1 for each of its values that stays as it is.
   * @returns the norm of all gradients together, before it was limited.
   * Throws `runtime` where the norm is no finite number; nothing is changed then.
   */
  step(
    gradients: ReadonlyMap<string, Float32Array>,
    learningRate: number | ((name: string) => number),
    kept: ReadonlyMap<string, Uint8Array> = NONE,
  ): number {
    for (const [name, mask] of kept) leaveOut(gradients.get(name), mask);
    const rateOf = typeof learningRate === 'number' ? () => learningRate : learningRate;
    const norm = globalNorm(gradients);
    if (!Number.isFinite(norm)) {
      throw new AgentError('runtime', 'the gradients are not finite', {
        expected: 'a finite norm',
        got: String(norm),
        next: 'lower the learning rate; resume from the last checkpoint, which is untouched',
      });
    }
    // PyTorch's clip_grad_norm_ adds the same 1e-6.
    const factor = Math.min(1, this.settings.maxNorm / (norm + 1e-6));
    for (const [name, gradient] of gradients)
      this.#move(name, gradient, { factor, learningRate: rateOf(name), kept: kept.get(name) });
    return norm;
  }

  /** Takes over moments that were saved. */
  restore(name: string, moments: Moments): void {
    this.moments.set(name, moments);
  }

  #move(name: string, gradient: Float32Array, { factor, learningRate, kept }: Move): void {
    const variable = this.parameters.get(name);
    const value = this.#values.get(name) ?? variable.dataSync<'float32'>().slice();
    const moments = this.moments.get(name) ?? {
      first: new Float32Array(value.length),
      second: new Float32Array(value.length),
      steps: 0,
    };
    this.#values.set(name, value);
    this.moments.set(name, moments);
    moments.steps++;
    const { beta1, beta2, epsilon, weightDecay } = this.settings;
    const decays = variable.rank > 1 && !this.undecayed.has(name);
    const decay = decays ? 1 - learningRate * weightDecay : 1;
    const rate = learningRate / (1 - beta1 ** moments.steps);
    const correction = 1 / Math.sqrt(1 - beta2 ** moments.steps);
    const { first, second } = moments;
    for (let i = 0; i < value.length; i++) {
      if (kept?.[i]) continue;
      const slope = (gradient[i] as number) * factor;
      const m = beta1 * (first[i] as number) + (1 - beta1) * slope;
      const v = beta2 * (second[i] as number) + (1 - beta2) * slope * slope;
      first[i] = m;
      second[i] = v;
      value[i] = (value[i] as number) * decay - (rate * m) / (Math.sqrt(v) * correction + epsilon);
    }
    // A copy: tfjs may hand the array to the device only when it is first used.
    const updated = tf.tensor(value.slice(), variable.shape);
    variable.assign(updated);
    updated.dispose();
  }
}

/** What stays counts nothing in the norm. */
function leaveOut(gradient: Float32Array | undefined, mask: Uint8Array): void {
  for (let i = 0; gradient && i < gradient.length; i++) if (mask[i]) gradient[i] = 0;
}

function globalNorm(gradients: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients.values()) {
    for (let i = 0; i < gradient.length; i++) sum += (gradient[i] as number) ** 2;
  }
  return Math.sqrt(sum);
}
