/**
 * Rotary position embedding: which frequencies a checkpoint's scaling asks for. The formulas are those of
 * transformers' `modeling_rope_utils.py`, computed in float64 and rounded once.
 */
import { z } from 'zod';

const plain = z.object({ type: z.literal('default') });
const linear = z.object({ type: z.literal('linear'), factor: z.number().positive() });
const llama3 = z.object({
  type: z.literal('llama3'),
  factor: z.number().positive(),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: z.int().positive(),
});
const yarn = z.object({
  type: z.literal('yarn'),
  factor: z.number().positive(),
  original_max_position_embeddings: z.int().positive(),
  attention_factor: z.number().positive().nullish(),
  mscale: z.number().nullish(),
  mscale_all_dim: z.number().nullish(),
  beta_fast: z.number().positive().nullish(),
  beta_slow: z.number().positive().nullish(),
  truncate: z.boolean().default(true),
});

/** `rope_scaling` of transformers 4 and `rope_parameters` of transformers 5, with the kind under `type`. */
export const ropeScalingSchema = z.discriminatedUnion('type', [plain, linear, llama3, yarn]);
export type RopeScaling = z.infer<typeof ropeScalingSchema>;

export interface RopeConfig {
  /** Base of the geometric series of wavelengths. */
  readonly theta: number;
  readonly scaling: RopeScaling;
}

/** What the decoder multiplies positions with. */
export interface RopeFrequencies {
  /** Radians a position, for each of headDim / 2 pairs. */
  readonly inverse: Float64Array;
  /** Factor on cosine and sine. */
  readonly attentionFactor: number;
}

/** The frequencies for heads of `headDim` values. */
export function ropeFrequencies({ theta, scaling }: RopeConfig, headDim: number): RopeFrequencies {
  const base = Float64Array.from({ length: headDim / 2 }, (_, i) => theta ** ((-2 * i) / headDim));
  switch (scaling.type) {
    case 'default':
      return { inverse: base, attentionFactor: 1 };
    case 'linear':
      return { inverse: base.map((frequency) => frequency / scaling.factor), attentionFactor: 1 };
    case 'llama3':
      return { inverse: base.map((frequency) => llama3Frequency(frequency, scaling)), attentionFactor: 1 };
    case 'yarn':
      return { inverse: yarnFrequencies(base, theta, headDim, scaling), attentionFactor: yarnAttention(scaling) };
  }
}

/** Long wavelengths are stretched by `factor`, short ones kept, those between blended. */
function llama3Frequency(frequency: number, scaling: z.infer<typeof llama3>): number {
  const wavelength = (2 * Math.PI) / frequency;
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: context } = scaling;
  if (wavelength < context / high) return frequency;
  if (wavelength > context / low) return frequency / factor;
  const smooth = (context / wavelength - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

function yarnFrequencies(base: Float64Array, theta: number, headDim: number, scaling: z.infer<typeof yarn>) {
  const context = scaling.original_max_position_embeddings;
  const dimensionOf = (rotations: number): number =>
    (headDim * Math.log(context / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
  const round = scaling.truncate ? { down: Math.floor, up: Math.ceil } : { down: Number, up: Number };
  const low = Math.max(round.down(dimensionOf(scaling.beta_fast ?? 32)), 0);
  const high = Math.min(round.up(dimensionOf(scaling.beta_slow ?? 1)), headDim - 1);
  // transformers' guard against a division by zero; the same number keeps the same frequencies.
  const width = low === high ? 0.001 : high - low;
  return base.map((frequency, i) => {
    const interpolated = Math.min(Math.max((i - low) / width, 0), 1);
    return (interpolated * frequency) / scaling.factor + (1 - interpolated) * frequency;
  });
}

function yarnAttention({ factor, attention_factor: given, mscale, mscale_all_dim: all }: z.infer<typeof yarn>): number {
  if (given) return given;
  const scaleOf = (weight: number): number => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  return mscale && all ? scaleOf(mscale) / scaleOf(all) : scaleOf(1);
}
