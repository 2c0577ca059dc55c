/** config.json of a CLIP in Hugging Face's layout (`CLIPModel`): two towers and the space in which they meet. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { activationSchema } from '../../model/config/activation.js';
import type { VisionConfig } from '../../model/config/index.js';
import { visionConfigSchema } from '../../model/config/vision-config.js';

/** CLIP's causal text transformer. */
export interface ClipTextConfig
  extends Pick<VisionConfig, 'hiddenSize' | 'intermediateSize' | 'layers' | 'heads' | 'activation' | 'epsilon'> {
  readonly vocabularySize: number;
  /** Longest text, in tokens, first and last included. */
  readonly positions: number;
  /** The token whose state stands for the text. */
  readonly endToken: number;
}

export interface ClipConfig {
  readonly vision: VisionConfig;
  readonly text: ClipTextConfig;
  /** Width of the common space. */
  readonly projection: number;
  /** config.json as it was, for writing it again. */
  readonly raw: JsonObject;
}

const count = z.int().positive();

/** Field names and defaults of transformers' CLIPTextConfig. */
const textSchema = z.object({
  hidden_size: count.default(512),
  intermediate_size: count.default(2048),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(8),
  vocab_size: count.default(49408),
  max_position_embeddings: count.default(77),
  hidden_act: activationSchema.default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
  eos_token_id: z.int().nonnegative().default(49407),
});

const schema = z.object({
  model_type: z.literal('clip'),
  projection_dim: count.default(512),
  text_config: textSchema.prefault({}),
  vision_config: visionConfigSchema.prefault({}),
});

/** Checks the content of a config.json; `where` names it in errors. Throws `checkpoint`. */
export function parseClipConfig(raw: JsonObject, where: string): ClipConfig {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    throw new AgentError('checkpoint', 'config.json describes no CLIP that is known here', {
      got: z.prettifyError(parsed.error),
      where,
    });
  }
  const { projection_dim: projection, vision_config: vision, text_config: text } = parsed.data;
  return {
    vision,
    projection,
    text: {
      vocabularySize: text.vocab_size,
      hiddenSize: text.hidden_size,
      intermediateSize: text.intermediate_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      activation: text.hidden_act,
      epsilon: text.layer_norm_eps,
      positions: text.max_position_embeddings,
      endToken: text.eos_token_id,
    },
    raw,
  };
}

/** Reads a folder's config.json. Rejects with `checkpoint`. */
export async function readClipConfig(folder: string): Promise<ClipConfig> {
  const path = join(folder, 'config.json');
  try {
    return parseClipConfig(JSON.parse(await readFile(path, 'utf8')) as JsonObject, path);
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new AgentError('checkpoint', 'A CLIP has no readable config.json', { where: path, cause });
  }
}
