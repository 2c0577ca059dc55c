/** The vision tower's part of config.json: CLIP's vision transformer. */
import { z } from 'zod';
import { type Activation, activationSchema } from './activation.js';

/** A CLIP vision transformer. */
export interface VisionConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Side of the square input, in pixels. */
  readonly imageSize: number;
  /** Side of a square patch, in pixels. */
  readonly patchSize: number;
  readonly activation: Activation;
  /** Of LayerNorm. */
  readonly epsilon: number;
}

const count = z.int().positive();

/** Field names and defaults of transformers' CLIPVisionConfig. */
export const visionConfigSchema = z
  .object({
    model_type: z.literal('clip_vision_model').default('clip_vision_model'),
    hidden_size: count.default(768),
    intermediate_size: count.default(3072),
    num_hidden_layers: count.default(12),
    num_attention_heads: count.default(12),
    num_channels: z.literal(3).default(3),
    image_size: count.default(224),
    patch_size: count.default(32),
    hidden_act: activationSchema.default('quick_gelu'),
    layer_norm_eps: z.number().positive().default(1e-5),
  })
  .transform((raw, context): VisionConfig => {
    if (raw.hidden_size % raw.num_attention_heads !== 0) {
      context.addIssue(`hidden_size ${raw.hidden_size} is no multiple of ${raw.num_attention_heads} heads`);
    }
    if (raw.image_size < raw.patch_size) {
      context.addIssue(`a patch of ${raw.patch_size} does not fit an image of ${raw.image_size}`);
    }
    return {
      hiddenSize: raw.hidden_size,
      intermediateSize: raw.intermediate_size,
      layers: raw.num_hidden_layers,
      heads: raw.num_attention_heads,
      imageSize: raw.image_size,
      patchSize: raw.patch_size,
      activation: raw.hidden_act,
      epsilon: raw.layer_norm_eps,
    };
  });
