/**
 * A whole checkpoint of the mini size with random weights, for measurements of speed before a trained one is shipped.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/project-paths.js';
import { parseModelConfig } from '../../src/model/config/index.js';
import { saveModel } from '../../src/model/learning/index.js';
import { initialParameters } from '../../src/model/network/initialise.js';
import { Network } from '../../src/model/network/network.js';
import { loadTensorFlow } from '../../src/model/runtime/index.js';
import { SIZES } from '../model/networks.js';

/** A tokenizer that is at hand; its vocabulary is within the mini size's. */
const COMPANIONS = join(projectRoot, 'test', 'model', 'fixtures', 'tied-multilayer');

/** Writes it into a new temporary folder, which the caller removes. */
export async function randomMini(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'random-mini-'));
  const { image_token_index } = JSON.parse(await readFile(join(COMPANIONS, 'config.json'), 'utf8'));
  const raw = { ...SIZES.mini, image_token_index };
  // Small vocabularies make more tokens of a text than the mini size's own will.
  const config = { ...raw, text_config: { ...raw.text_config, max_position_embeddings: 4096 } };
  await loadTensorFlow();
  const parameters = await initialParameters(parseModelConfig(config, 'mini'), 1);
  using network = new Network(parseModelConfig(config, 'mini'), parameters);
  await saveModel(network, folder, { dtype: 'float16', companions: COMPANIONS });
  const processing = JSON.parse(await readFile(join(COMPANIONS, 'preprocessor_config.json'), 'utf8'));
  const side = { height: 96, width: 96 };
  await writeFile(
    join(folder, 'preprocessor_config.json'),
    JSON.stringify({ ...processing, size: side, crop_size: side }),
  );
  return folder;
}
