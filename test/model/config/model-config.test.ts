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
    expect(image).toMatchObject({ featureLayers: [23], tokensPerImage: 576, keepsFirst: false });
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

describe('decoders and towers', () => {
  const text = (raw: object) => parse(raw).text;

  it('have the defaults of their kind', () => {
    const mistral = text({ model_type: 'mistral', vocab_size: 100 });
    expect(mistral).toMatchObject({ keyValueHeads: 8, headDim: 128, intermediateSize: 14336, attentionBias: false });
    expect(new Set(mistral.windows)).toEqual(new Set([4096]));
    expect(text({ model_type: 'mistral', sliding_window: null }).windows).toEqual(Array(32).fill(null));
    const qwen2 = text({ model_type: 'qwen2', num_hidden_layers: 3, sliding_window: 5 });
    expect(qwen2).toMatchObject({ attentionBias: true, attentionOutBias: false, windows: [null, null, null] });
    const sliding = { model_type: 'qwen2', num_hidden_layers: 3, sliding_window: 5, use_sliding_window: true };
    expect(text({ ...sliding, max_window_layers: 2 }).windows).toEqual([null, null, 5]);
    const types = ['sliding_attention', 'full_attention', 'full_attention'];
    expect(text({ ...sliding, layer_types: types }).windows).toEqual([5, null, null]);
  });

  it("count SigLIP's tokens as transformers does: there is no class token to drop", () => {
    const vision_config = { model_type: 'siglip_vision_model', image_size: 64, patch_size: 16 };
    const { image } = parse(llava({ vision_config }));
    expect(image).toMatchObject({ tokensPerImage: 15, vision: { kind: 'siglip', hasHead: true, epsilon: 1e-6 } });
    const full = parse(llava({ vision_config, vision_feature_select_strategy: 'full' }));
    expect(full.image?.tokensPerImage).toBe(16);
  });
});

describe('refusals', () => {
  it('leave an end of answers that is a token, several, or none', () => {
    for (const eos_token_id of [2, [2, 5], null]) expect(() => parse(llava({ eos_token_id }))).not.toThrow();
  });

  const text = (over: object) => llava({ text_config: { ...llava().text_config, ...over } });
  const qwen2 = { model_type: 'qwen2', num_key_value_heads: 4, use_sliding_window: true };
  const vision = (over: object) => llava({ vision_config: { ...llava().vision_config, ...over } });

  it.each([
    ['an unknown architecture', { model_type: 'vlm_of_tomorrow' }, /llava with[\s\S]*"vlm_of_tomorrow"\n/],
    ['no architecture', {}, /not given/],
    [
      'another vision tower',
      vision({ model_type: 'pixtral' }),
      /"pixtral" \(Pixtral's tower.*siglip_vision_model; serve it/,
    ],
    ['a tower nobody knows', vision({ model_type: '__proto__' }), /"__proto__"; implemented are clip_vision_model/],
    [
      'another decoder',
      text({ model_type: 'qwen3' }),
      /the decoder is "qwen3" \(Qwen3, .*llama, mistral, qwen2; serve it/,
    ],
    ['Phi-3', text({ model_type: 'phi3' }), /Phi-3/],
    ['Gemma 2', text({ model_type: 'gemma2' }), /Gemma 2/],
    [
      'the layout of 2023',
      { model_type: 'llava', mm_vision_tower: 'openai/clip' },
      /own code[\s\S]*convert_llava_weights/,
    ],
    ['bitsandbytes', llava({ quantization_config: { quant_method: 'bitsandbytes' } }), /bitsandbytes[\s\S]*dequantize/],
    ['fp8', text({ quantization_config: { quant_method: 'fp8' } }), /quantised[\s\S]*fp8/],
    ['layers without end', text({ num_hidden_layers: 1e9 }), /<=1024\n.*text_config.num_hidden_layers/],
    ['a negative size', text({ hidden_size: -8 }), />0\n.*text_config.hidden_size/],
    ['a vocabulary without end', text({ vocab_size: 1e9 }), /text_config.vocab_size/],
    ['a tower of a million pixels', vision({ image_size: 1e6 }), /<=4096\n.*vision_config.image_size/],
    ['a negative end of answers', text({ eos_token_id: -2 }), />=0\n.*text_config.eos_token_id/],
    ['one among several', text({ eos_token_id: [2, -2] }), />=0\n.*text_config.eos_token_id\[1\]/],
    ['one beside the parts', llava({ eos_token_id: -2 }), />=0\n.*eos_token_id/],
    ['a negative image token', llava({ image_token_index: -1 }), /image_token_index/],
    ['layer types that do not fit', text({ ...qwen2, layer_types: ['full_attention'] }), /1 entries for 32 layers/],
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

  it.each([
    ...['llava_next', 'llava_onevision', 'qwen2_vl', 'qwen2_5_vl', 'qwen3_vl', 'smolvlm', 'idefics3', 'paligemma'],
    ...['gemma3', 'internvl', 'vipllava', 'mistral3', 'qwen3', 'phi3', 'gemma2'],
  ])('say what %s is and what to do', (type) => {
    expect(() => parse({ model_type: type })).toThrow(
      new RegExp(
        `model_type llava with [^\\n]*\\n.*"${type}": \\w[^\\n]*\\n[\\s\\S]*next: +serve it .*--policy endpoint:vllm:MODEL`,
      ),
    );
  });
});
