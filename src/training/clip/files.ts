/** A CLIP as files: a new one's configuration, vocabulary and preprocessing, and a trained one's checkpoint. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { AgentError } from '../../core/errors.js';
import { makeFolder } from '../../core/index.js';
import type { JsonObject } from '../../core/json.js';
import { writeSafetensors } from '../../model/checkpoint/index.js';
import { writeConfig } from '../../model/learning/index.js';
import { readClipConfig } from './config.js';
import type { ClipNetwork } from './network.js';
import type { ClipRecipe } from './recipe.js';
import { sceneCaptions, type VocabularyIds, writeClipVocabulary } from './vocabulary.js';

const COMPANIONS = ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];

/**
 * Writes what a new CLIP is made of, but for its weights; `captions` are read for the vocabulary beside those of
 * scenes.
 */
export async function writeClipStart(folder: string, recipe: ClipRecipe, captions: readonly string[]): Promise<void> {
  await makeFolder(folder);
  const texts = [...sceneCaptions(), ...captions];
  const { vocabulary, context } = recipe.text;
  const ids = await writeClipVocabulary(folder, texts, { size: vocabulary, context });
  const side = recipe.vision.image_size;
  const processing = {
    image_processor_type: 'CLIPImageProcessor',
    ...{ do_convert_rgb: true, do_resize: true, size: { shortest_edge: side }, resample: 3 },
    ...{ do_center_crop: true, crop_size: { height: side, width: side } },
    ...{ do_rescale: true, rescale_factor: 1 / 255, do_normalize: true },
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_std: [0.26862954, 0.26130258, 0.27577711],
  };
  await writeFileAtomic(join(folder, 'preprocessor_config.json'), `${JSON.stringify(processing, null, 2)}\n`);
  // Last: where it is, all is.
  await writeConfig(folder, configJson(recipe, ids));
}

/**
 * Takes over what a trained CLIP is made of, but for its weights.
 * Rejects with `usage` where the recipe's towers are others.
 */
export async function takeClipStart(folder: string, recipe: ClipRecipe, checkpoint: string): Promise<void> {
  const { raw } = await readClipConfig(checkpoint);
  const towers = (config: JsonObject) =>
    JSON.stringify([config.vision_config, sizeless(config.text_config as JsonObject)]);
  const ids = { size: 0, padding: 0, first: 0, end: 0 };
  const wanted = configJson(recipe, ids);
  if (towers(raw) !== towers(wanted)) {
    throw new AgentError('usage', 'the checkpoint has other towers than the recipe', {
      expected: towers(wanted),
      got: towers(raw),
      where: checkpoint,
      next: "write the checkpoint's sizes into the recipe",
    });
  }
  await makeFolder(folder);
  for (const name of COMPANIONS) await copyFile(join(checkpoint, name), join(folder, name));
  await writeConfig(folder, raw);
}

/** A text tower's configuration without what its vocabulary decides. */
function sizeless({
  vocab_size: _,
  bos_token_id: __,
  eos_token_id: ___,
  pad_token_id: ____,
  ...sizes
}: JsonObject): JsonObject {
  return sizes;
}

/** Writes a checkpoint that `transformers.CLIPModel` opens; tokenizer and preprocessing are those of `start`. */
export async function saveClip(
  network: ClipNetwork,
  folder: string,
  { dtype, start }: { dtype: 'float32' | 'float16'; start: string },
): Promise<void> {
  await makeFolder(folder);
  for (const name of COMPANIONS) await copyFile(join(start, name), join(folder, name));
  await writeConfig(folder, { ...network.config.raw, dtype });
  await writeSafetensors(join(folder, 'model.safetensors'), await network.parameters.pieces(), { dtype });
}

function configJson({ vision, text, projection, activation }: ClipRecipe, ids: VocabularyIds): JsonObject {
  const common = { hidden_act: activation, layer_norm_eps: 1e-5, projection_dim: projection };
  return {
    architectures: ['CLIPModel'],
    model_type: 'clip',
    projection_dim: projection,
    logit_scale_init_value: 2.6592,
    vision_config: {
      ...common,
      model_type: 'clip_vision_model',
      num_channels: 3,
      image_size: vision.image_size,
      patch_size: vision.patch_size,
      ...towerSizes(vision),
    },
    text_config: {
      ...common,
      model_type: 'clip_text_model',
      ...towerSizes(text),
      vocab_size: ids.size,
      max_position_embeddings: text.context,
      bos_token_id: ids.first,
      eos_token_id: ids.end,
      pad_token_id: ids.padding,
    },
  };
}

const towerSizes = (tower: ClipRecipe['vision'] | ClipRecipe['text']): JsonObject => ({
  hidden_size: tower.hidden_size,
  intermediate_size: tower.intermediate_size,
  num_hidden_layers: tower.layers,
  num_attention_heads: tower.heads,
});
