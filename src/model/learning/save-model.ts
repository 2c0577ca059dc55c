/** Writing a network as a checkpoint that transformers opens: the same layout that is read. */
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { makeFolder } from '../../core/index.js';
import type { JsonObject } from '../../core/json.js';
import { writeSafetensors } from '../checkpoint/index.js';
import type { ImageConfig } from '../config/index.js';
import type { Network } from '../network/network.js';

/** Everything of a checkpoint that training does not change. */
const COMPANIONS = [
  ...['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'preprocessor_config.json'],
  ...['generation_config.json', 'chat_template.jinja', 'chat_template.json', 'processor_config.json'],
];

export interface SaveOptions {
  readonly dtype: 'float32' | 'float16';
  /** The checkpoint whose tokenizer, template and preprocessing go along. */
  readonly companions: string;
  /** Whether it was taught to say its aims; what it began with was perhaps taught so, and this training not. */
  readonly saysAims?: boolean;
}

/**
 * Writes config.json, model.safetensors and the companions that there are; the weights come last. A model that sees has
 * a processor_config.json too, without which transformers does not know how many tokens a picture takes.
 */
export async function saveModel(
  network: Network,
  folder: string,
  { dtype, companions, saysAims = false }: SaveOptions,
): Promise<void> {
  await makeFolder(folder);
  for (const name of COMPANIONS) {
    const source = join(companions, name);
    const target = join(folder, name);
    if (existsSync(source) && source !== target) await copyFile(source, target);
  }
  const processor = join(folder, 'processor_config.json');
  const { image } = network.config;
  if (image && !existsSync(processor)) {
    await writeFileAtomic(processor, `${JSON.stringify(processorConfig(image), null, 2)}\n`);
  }
  const { says_aims: _, ...config } = network.config.raw;
  await writeConfig(folder, { ...config, ...(saysAims ? { says_aims: true } : {}), dtype });
  await writeSafetensors(join(folder, 'model.safetensors'), await network.parameters.pieces(), { dtype });
}

/** transformers' LlavaProcessor: it counts patches, adds these tokens, and takes one off where the strategy says so. */
function processorConfig({ vision, keepsFirst }: ImageConfig): JsonObject {
  return {
    processor_class: 'LlavaProcessor',
    patch_size: vision.patchSize,
    vision_feature_select_strategy: keepsFirst ? 'full' : 'default',
    num_additional_image_tokens: vision.kind === 'clip' ? 1 : 0,
  };
}

/** Writes config.json. */
export async function writeConfig(folder: string, config: JsonObject): Promise<void> {
  await writeFileAtomic(join(folder, 'config.json'), `${withFloats(JSON.stringify(config, null, 2))}\n`);
}

/**
 * Writes whole values of float fields with a point: JSON here knows one kind of number, and transformers 5 refuses
 * `"initializer_factor": 1` as no float.
 */
function withFloats(json: string): string {
  return json.replace(/^(\s*"(?:\w+_)?(?:factor|range|eps|theta|value)": -?\d+)(,?)$/gm, '$1.0$2');
}
