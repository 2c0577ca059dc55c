/**
 * config.json of a checkpoint in Hugging Face's LLaVA layout, or of a LLaMA-type language model alone. Fields that
 * change nothing here are let through; an architecture or an option that is not implemented is refused by name.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { readCheckpointJson } from '../checkpoint-file.js';
import { type Activation, activationSchema } from './activation.js';
import { endTokensSchema } from './limits.js';
import { type TextConfig, textConfigSchema } from './text-config.js';
import { requireKnownModel } from './unknown-kinds.js';
import { type VisionConfig, visionConfigSchema } from './vision-config.js';

/** How pictures enter the language model. */
export interface ImageConfig {
  readonly vision: VisionConfig;
  /** Hidden states that are taken, 0 before the first layer; several are concatenated. */
  readonly featureLayers: readonly number[];
  /**
   * `vision_feature_select_strategy`: false drops the first token (`default`), true keeps it (`full`). The first is the
   * class token of CLIP's tower, and a patch like any other of SigLIP's: transformers drops it all the same.
   */
  readonly keepsFirst: boolean;
  readonly projectorActivation: Activation;
  readonly projectorBias: boolean;
  /** The token that stands for each feature of a picture in a prompt. */
  readonly imageToken: number;
  /** Tokens that one picture takes. */
  readonly tokensPerImage: number;
}

/** A network's shape. */
export interface ModelConfig {
  readonly text: TextConfig;
  /** Null for a language model alone. */
  readonly image: ImageConfig | null;
  /** `says_aims`: it plays by saying what it wants to do before what that is called. Ours; transformers ignores it. */
  readonly saysAims: boolean;
  /** config.json as it was, for writing it again. */
  readonly raw: JsonObject;
}

const llavaSchema = z.object({
  vision_config: z.preprocess(withLargeDefaults, visionConfigSchema),
  text_config: z.preprocess((given) => given ?? {}, textConfigSchema),
  image_token_index: z.int().nonnegative().optional(),
  image_token_id: z.int().nonnegative().optional(),
  vision_feature_layer: z.union([z.int(), z.array(z.int()).min(1)]).default(-2),
  vision_feature_select_strategy: z.enum(['default', 'full']).default('default'),
  projector_hidden_act: activationSchema.default('gelu'),
  multimodal_projector_bias: z.boolean().default(true),
  tie_word_embeddings: z.boolean().default(false),
  eos_token_id: endTokensSchema,
});

/** Without a vision_config at all, LlavaConfig means CLIP-L/14 at 336 pixels. */
function withLargeDefaults(given: unknown): unknown {
  const large = { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24, num_attention_heads: 16 };
  return given ?? { ...large, patch_size: 14, image_size: 336 };
}

/**
 * Reads a checkpoint folder's config.json.
 * Rejects with `checkpoint` where it is missing, or describes something that is not implemented.
 */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, 'config.json');
  const raw = await readCheckpointJson(path);
  if (raw) return parseModelConfig(raw, path);
  throw new AgentError('checkpoint', 'A checkpoint has no config.json', {
    where: path,
    next: 'name a folder in Hugging Face layout: config.json, model.safetensors, tokenizer.json, …',
  });
}

/** Checks the content of a config.json; `where` names it in errors. */
export function parseModelConfig(raw: JsonObject, where: string): ModelConfig {
  requireKnownModel(raw, where);
  const saysAims = raw.says_aims === true;
  if (raw.model_type !== 'llava') return { text: check(textConfigSchema, raw, where), image: null, saysAims, raw };
  const llava = check(llavaSchema, raw, where);
  const text = { ...llava.text_config, tied: llava.tie_word_embeddings || llava.text_config.tied };
  return { text, image: imageConfig(llava, where), saysAims, raw };
}

function imageConfig(llava: z.infer<typeof llavaSchema>, where: string): ImageConfig {
  const { vision_config: vision, text_config: text } = llava;
  const keepsFirst = llava.vision_feature_select_strategy === 'full';
  const imageToken = llava.image_token_index ?? llava.image_token_id ?? 32000;
  if (imageToken >= text.vocabularySize) {
    throw new AgentError('checkpoint', 'the image token lies outside the vocabulary', {
      expected: `image_token_index below ${text.vocabularySize}`,
      got: String(imageToken),
      where,
    });
  }
  return {
    vision,
    featureLayers: [llava.vision_feature_layer].flat().map((layer) => hiddenState(layer, vision.layers, where)),
    keepsFirst,
    projectorActivation: llava.projector_hidden_act,
    projectorBias: llava.multimodal_projector_bias,
    imageToken,
    tokensPerImage: tokensOf(vision) - (keepsFirst ? 0 : 1),
  };
}

/** Tokens that the tower makes of a picture. */
function tokensOf({ kind, imageSize, patchSize }: VisionConfig): number {
  return Math.floor(imageSize / patchSize) ** 2 + (kind === 'clip' ? 1 : 0);
}

/** A layer number as config.json counts it (negative from the end, the input being state 0) as an index from 0. */
function hiddenState(layer: number, layers: number, where: string): number {
  const index = layer < 0 ? layers + 1 + layer : layer;
  if (index >= 0 && index <= layers) return index;
  throw new AgentError('checkpoint', 'vision_feature_layer names a layer that the vision tower has not', {
    expected: `${-layers - 1} to ${layers}, for ${layers} layers`,
    got: String(layer),
    where,
  });
}

function check<T>(schema: z.ZodType<T>, raw: unknown, where: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new AgentError('checkpoint', 'config.json describes what is not implemented here', {
    got: z.prettifyError(parsed.error),
    where,
  });
}
