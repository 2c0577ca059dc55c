/** Random checkpoints of the sizes that are measured. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseModelConfig } from '../../src/model/config/index.js';
import { writeSafetensors } from '../../src/model/index.js';
import { initialParameters } from '../../src/model/network/initialise.js';
import { Network } from '../../src/model/network/network.js';
import { loadTensorFlow } from '../../src/model/runtime/index.js';

/** config.json of the size that DESIGN calls mini: trains and plays on two cores. */
const mini = {
  architectures: ['LlavaForConditionalGeneration'],
  model_type: 'llava',
  image_token_index: 3,
  vision_feature_layer: -1,
  vision_config: {
    ...{ model_type: 'clip_vision_model', hidden_size: 192, intermediate_size: 768, num_hidden_layers: 6 },
    ...{ num_attention_heads: 6, image_size: 96, patch_size: 12 },
  },
  text_config: {
    ...{ model_type: 'llama', vocab_size: 1536, hidden_size: 256, intermediate_size: 704, num_hidden_layers: 6 },
    ...{ num_attention_heads: 8, num_key_value_heads: 8, max_position_embeddings: 4096, head_dim: 32 },
  },
};

/** SmolLM2-135M behind CLIP-B/16. */
const small = {
  ...mini,
  vision_feature_layer: -2,
  vision_config: {
    ...{ model_type: 'clip_vision_model', hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12 },
    ...{ num_attention_heads: 12, image_size: 224, patch_size: 16 },
  },
  tie_word_embeddings: true,
  text_config: {
    ...{ model_type: 'llama', vocab_size: 49152, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30 },
    ...{ num_attention_heads: 9, num_key_value_heads: 3, max_position_embeddings: 8192, rope_theta: 100000 },
    tie_word_embeddings: true,
  },
};

/** The shape of LLaVA-1.5 7B; nothing here makes its weights. */
export const LLAVA_7B = {
  ...mini,
  vision_feature_layer: -2,
  vision_config: {
    ...{ model_type: 'clip_vision_model', hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24 },
    ...{ num_attention_heads: 16, image_size: 336, patch_size: 14 },
  },
  text_config: {
    ...{ model_type: 'llama', vocab_size: 32064, hidden_size: 4096, intermediate_size: 11008, num_hidden_layers: 32 },
    ...{ num_attention_heads: 32, num_key_value_heads: 32, max_position_embeddings: 4096 },
  },
};

export const SIZES = { mini, 'SmolLM2-135M + CLIP-B/16': small } as const;
export type Size = keyof typeof SIZES;

/** A random network of this size, and the folder that it is written to for the peer. */
export async function makeNetwork(size: Size, threads: number): Promise<{ network: Network; folder: string }> {
  const raw = SIZES[size];
  await loadTensorFlow({ threads });
  const network = new Network(parseModelConfig(raw, size), await initialParameters(parseModelConfig(raw, size), 1));
  const folder = await mkdtemp(join(tmpdir(), 'bench-model-'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(raw));
  await writeSafetensors(join(folder, 'model.safetensors'), await network.parameters.pieces(), { dtype: 'float32' });
  return { network, folder };
}
