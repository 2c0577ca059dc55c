/** config.json: defaults as transformers has them, and refusals by name. */
import { describe, expect, it } from 'vitest';
import { parseModelConfig, ropeFrequencies } from '../../../src/model/config/index.js';

const parse = (raw: object) => parseModelConfig(raw as never, 'config.json');
const llava = (over: object = {}) => ({
  model_type: 'llava',
  vision_config: { model_type: 'clip_vision_model', hidden_size: 64, num_attention_heads: 4, num_hidden_layers: 3 },
  text_config: { model_type: 'llama', hidden_size: 64, num_attention_heads: 4, vocab_size: 100 },
  image_token_index: 7,
  ...over,
});

describe('published configurations', () => {
  it('reads LLaVA-1.5-7B, whose file leaves most out', () => {
    const { text, image } = parse({
      model_type: 'llava',
      image_token_index: 32000,
      text_config: { model_type: 'llama', max_position_embeddings: 4096, rms_norm_eps: 1e-5, vocab_size: 32064 },
      vision_config: {
        ...{ hidden_size: 1024, image_size: 336, intermediate_size: 4096, model_type: 'clip_vision_model' },
        ...{ num_attention_heads: 16, num_hidden_layers: 24, patch_size: 14, projection_dim: 768 },
      },
      tie_word_embeddings: false,
    });
    expect(image).toMatchObject({ featureLayers: [23], tokensPerImage: 576, keepsClassToken: false });
    expect(text).toMatchObject({ hiddenSize: 4096, headDim: 128, keyValueHeads: 32, layers: 32, tied: false });
    expect(text.rope).toEqual({ theta: 10000, scaling: { type: 'default' } });
  });

  it('reads a language model alone, with transformers 4 names of the scaling', () => {
    const { text, image } = parse({
      ...{ model_type: 'llama', num_attention_heads: 9, num_key_value_heads: 3, hidden_size: 576 },
      ...{ tie_word_embeddings: true, rope_theta: 100000, rope_scaling: { type: 'linear', factor: 2 } },
    });
    expect(image).toBeNull();
    expect(text).toMatchObject({ headDim: 64, tied: true });
    expect(text.rope).toEqual({ theta: 100000, scaling: { type: 'linear', factor: 2 } });
    const { inverse } = ropeFrequencies(text.rope, text.headDim);
    expect(inverse[0]).toBe(0.5);
    expect(inverse[1]).toBeCloseTo(0.5 * 100000 ** (-2 / 64), 12);
  });

  it('lets either place tie the embeddings', () => {
    expect(parse(llava({ tie_word_embeddings: true })).text.tied).toBe(true);
    expect(parse(llava({ text_config: { ...llava().text_config, tie_word_embeddings: true } })).text.tied).toBe(true);
    expect(parse(llava()).text.tied).toBe(false);
  });
});

describe('refusals', () => {
  const text = (over: object) => llava({ text_config: { ...llava().text_config, ...over } });
  const vision = (over: object) => llava({ vision_config: { ...llava().vision_config, ...over } });

  it.each([
    ['an unknown architecture', { model_type: 'qwen2_vl' }, /model_type "qwen2_vl"/],
    ['no architecture', {}, /not given/],
    ['another vision tower', vision({ model_type: 'siglip_vision_model' }), /clip_vision_model[\s\S]*vision_config/],
    ['another decoder', text({ model_type: 'mistral' }), /llama[\s\S]*text_config/],
    ['an unknown rotary scaling', text({ rope_scaling: { rope_type: 'dynamic', factor: 2 } }), /"rope_type":"dynamic"/],
    ['a scaling without its numbers', text({ rope_scaling: { rope_type: 'llama3', factor: 2 } }), /low_freq_factor/],
    ['a partial rotation', text({ rope_parameters: { partial_rotary_factor: 0.5 } }), /partial_rotary_factor 0.5/],
    ['heads that do not share evenly', text({ num_key_value_heads: 3 }), /4 attention heads do not share 3/],
    ['an unknown activation', vision({ hidden_act: 'mish' }), /hidden_act/],
    ['a grey vision tower', vision({ num_channels: 1 }), /num_channels/],
    ['a layer that is not there', llava({ vision_feature_layer: -5 }), /-4 to 3, for 3 layers\n.*-5/],
    ['an image token outside the vocabulary', llava({ image_token_index: 100 }), /below 100\n.*100/],
    ['an unknown select strategy', llava({ vision_feature_select_strategy: 'cls' }), /vision_feature_select_strategy/],
  ])('names %s', (_, raw, message) => {
    expect(() => parse(raw)).toThrow(message);
  });
});
