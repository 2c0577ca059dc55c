/** Writing a network as a checkpoint that transformers opens: the same layout that is read. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import type { JsonObject } from '../../core/json.js';
import { writeSafetensors } from '../checkpoint/index.js';
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
}

/** Writes config.json, model.safetensors and the companions that there are; the weights come last. */
export async function saveModel(network: Network, folder: string, { dtype, companions }: SaveOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of COMPANIONS) {
    const source = join(companions, name);
    if (existsSync(source)) await copyFile(source, join(folder, name));
  }
  await writeConfig(folder, { ...network.config.raw, dtype });
  await writeSafetensors(join(folder, 'model.safetensors'), await network.parameters.pieces(), { dtype });
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
