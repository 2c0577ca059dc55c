/** The vision tower's part of config.json: the vision transformers of CLIP and SigLIP. */
import { z } from 'zod';
import { type Activation, activationSchema } from './activation.js';
import { LIMITS } from './limits.js';
import { unknownVision } from './unknown-kinds.js';

/** A vision transformer. */
export interface VisionConfig {
  /** CLIP's has a class token and a norm before its layers; SigLIP's has neither, and its patches have a bias. */
  readonly kind: 'clip' | 'siglip';
  /** Whether the checkpoint holds SigLIP's pooling head. It is not on the way to the language model. */
  readonly hasHead: boolean;
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

/** Field names and defaults of transformers' CLIPVisionConfig. */
const clip = z.object({
  model_type: z.string().default('clip_vision_model'),
  hidden_size: LIMITS.width.default(768),
  intermediate_size: LIMITS.width.default(3072),
  num_hidden_layers: LIMITS.layers.default(12),
  num_attention_heads: LIMITS.heads.default(12),
  num_channels: z.literal(3).default(3),
  image_size: LIMITS.side.default(224),
  patch_size: LIMITS.side.default(32),
  hidden_act: activationSchema.default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
});

/** Of SiglipVisionConfig. */
const siglip = clip.extend({
  patch_size: LIMITS.side.default(16),
  hidden_act: activationSchema.default('gelu_pytorch_tanh'),
  layer_norm_eps: z.number().positive().default(1e-6),
  vision_use_head: z.boolean().default(true),
});

/** The towers that are implemented, by `model_type`. */
const KINDS = { clip_vision_model: clip, siglip_vision_model: siglip } as const;
export const VISION_KINDS = Object.keys(KINDS);

/** Reads `vision_config`. */
export const visionConfigSchema = z.looseObject({}).transform((raw, context): VisionConfig => {
  const kind = String(raw.model_type ?? 'clip_vision_model');
  if (!Object.hasOwn(KINDS, kind)) {
    context.addIssue({ code: 'custom', path: ['model_type'], message: unknownVision(kind) });
    return z.NEVER;
  }
  const parsed = KINDS[kind as keyof typeof KINDS].safeParse(raw);
  if (parsed.success) return visionConfig(parsed.data, context);
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

function visionConfig(raw: z.infer<typeof clip> | z.infer<typeof siglip>, context: z.RefinementCtx): VisionConfig {
  if (raw.hidden_size % raw.num_attention_heads !== 0) {
    context.addIssue(`hidden_size ${raw.hidden_size} is no multiple of ${raw.num_attention_heads} heads`);
  }
  if (raw.image_size < raw.patch_size) {
    context.addIssue(`a patch of ${raw.patch_size} does not fit an image of ${raw.image_size}`);
  }
  const isSiglip = 'vision_use_head' in raw;
  return {
    kind: isSiglip ? 'siglip' : 'clip',
    hasHead: isSiglip && raw.vision_use_head,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    imageSize: raw.image_size,
    patchSize: raw.patch_size,
    activation: raw.hidden_act,
    epsilon: raw.layer_norm_eps,
  };
}
