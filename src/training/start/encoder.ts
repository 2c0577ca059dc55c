/** The vision encoder that a new network begins with: that of a CLIP, or a random one of given sizes. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { inWords } from '../../core/system-error.js';
import { openCheckpoint, type SafetensorsFile } from '../../model/checkpoint/index.js';
import type { StartSettings } from './settings.js';

export interface Encoder {
  /** `vision_config` of the new checkpoint. */
  readonly visionConfig: JsonObject;
  /** preprocessor_config.json's mean and deviation. */
  readonly normalisation: { readonly image_mean: readonly number[]; readonly image_std: readonly number[] };
  /** The weights; null where they are to be drawn. */
  readonly weights: SafetensorsFile | null;
}

/** OpenAI's CLIP, in the order of red, green and blue. */
const CLIP_NORMALISATION = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

/**
 * Opens the encoder; whoever opens it closes the weights. Rejects with `checkpoint` for a folder that holds no
 * CLIP.
 */
export async function openEncoder(clip: Exclude<StartSettings['clip'], string> | { folder: string }): Promise<Encoder> {
  if (!('folder' in clip)) {
    const { image_size, patch_size, hidden_size, intermediate_size, layers, heads } = clip;
    const visionConfig = {
      ...{ model_type: 'clip_vision_model', hidden_act: 'quick_gelu', layer_norm_eps: 1e-5, num_channels: 3 },
      ...{ image_size, patch_size, hidden_size, intermediate_size },
      ...{ num_hidden_layers: layers, num_attention_heads: heads },
    };
    return { visionConfig, normalisation: CLIP_NORMALISATION, weights: null };
  }
  const { folder } = clip;
  const config = await readJson(join(folder, 'config.json'));
  const vision = config.model_type === 'clip_vision_model' ? config : config.vision_config;
  if (typeof vision !== 'object' || vision === null || Array.isArray(vision)) {
    throw new AgentError('checkpoint', 'the folder holds no CLIP', {
      expected: 'config.json of model_type clip or clip_vision_model',
      got: `model_type ${JSON.stringify(config.model_type) ?? 'not given'}`,
      where: folder,
    });
  }
  const processing = await readJson(join(folder, 'preprocessor_config.json'));
  const normalisation = { ...CLIP_NORMALISATION, ...pick(processing, ['image_mean', 'image_std']) };
  const visionConfig = { ...(vision as JsonObject), model_type: 'clip_vision_model' };
  return {
    visionConfig,
    normalisation: normalisation as Encoder['normalisation'],
    weights: await openCheckpoint(folder),
  };
}

/** The name that a tensor of LLaVA's vision tower has in a CLIP's own checkpoint. */
export function nameInClip(tensor: string): string {
  return tensor.replace(/^vision_tower\./, '');
}

function pick(from: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

async function readJson(path: string): Promise<JsonObject> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JsonObject;
  } catch (cause) {
    throw new AgentError('checkpoint', 'A file of the CLIP cannot be read', {
      got: inWords(cause),
      where: path,
      cause,
    });
  }
}
