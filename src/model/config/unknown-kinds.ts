/**
 * Checkpoints that cannot be loaded here: what each one is, what would do, and what to do next. Whoever downloaded
 * gigabytes should learn that from the first line of an error.
 */
import { dirname } from 'node:path';
import { AgentError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';

/** Vision-language models by `model_type`, and what sets them apart from LLaVA-1.5's layout. */
const MODELS: Readonly<Record<string, string>> = {
  llava_next: 'LLaVA-NeXT, which cuts a picture into tiles',
  llava_next_video: 'LLaVA-NeXT-Video, which cuts a picture into tiles',
  llava_onevision: 'LLaVA-OneVision, which cuts a picture into tiles',
  vipllava: 'VipLLaVA, which norms the features of several layers',
  video_llava: 'Video-LLaVA, which has a tower for videos',
  qwen2_vl: 'Qwen2-VL, with rotary positions in two dimensions and pictures of any size',
  qwen2_5_vl: 'Qwen2.5-VL, with rotary positions in two dimensions and attention in windows',
  qwen3_vl: 'Qwen3-VL, with rotary positions in two dimensions and features at several depths',
  qwen3_vl_moe: 'Qwen3-VL with experts',
  smolvlm: 'SmolVLM, which shuffles pixels of tiles into fewer tokens',
  idefics2: 'Idefics2, with a perceiver between tower and decoder',
  idefics3: 'Idefics3, which shuffles pixels of tiles into fewer tokens',
  paligemma: 'PaliGemma, with a Gemma decoder that sees its whole prompt at once',
  gemma3: 'Gemma 3, with a Gemma decoder that sees a whole picture at once',
  gemma3n: 'Gemma 3n',
  internvl: 'InternVL, which shuffles pixels of tiles into fewer tokens',
  internvl_chat: 'InternVL, which shuffles pixels of tiles into fewer tokens',
  mistral3: 'Mistral 3, with a Pixtral tower for pictures of any size',
  mllama: 'Llama 3.2 Vision, whose decoder looks at pictures through cross-attention',
  llama4: 'Llama 4',
  phi3_v: 'Phi-3-vision',
  phi4_multimodal: 'Phi-4-multimodal',
  blip: 'BLIP',
  'blip-2': 'BLIP-2, with a Q-Former between tower and decoder',
  instructblip: 'InstructBLIP, with a Q-Former between tower and decoder',
  kosmos2: 'Kosmos-2',
  florence2: 'Florence-2',
  moondream1: 'Moondream',
  minicpmv: 'MiniCPM-V',
  molmo: 'Molmo',
};

/** Language models by `model_type`. */
const TEXTS: Readonly<Record<string, string>> = {
  qwen3: "Qwen3, which norms each head's queries and keys",
  phi: 'Phi, whose attention and MLP run side by side',
  phi3: 'Phi-3, whose projections are stored as one and whose positions scale by longrope',
  gemma: 'Gemma, which scales its embeddings and norms',
  gemma2: 'Gemma 2, which caps its logits and norms twice a layer',
  gemma3_text: 'Gemma 3, which norms twice a layer',
  mixtral: 'Mixtral, with experts',
  qwen2_moe: 'Qwen2 with experts',
  gpt2: 'GPT-2, with learned positions',
  opt: 'OPT, with learned positions',
};

const VISIONS: Readonly<Record<string, string>> = {
  pixtral: "Pixtral's tower, for pictures of any size",
  siglip2_vision_model: 'SigLIP 2 for pictures of any size (NaFlex)',
  dinov2: 'DINOv2, which scales the output of its layers',
  intern_vit: "InternVL's tower",
};

const IMPLEMENTED =
  'model_type llava with a clip_vision_model or siglip_vision_model tower and a llama, mistral or qwen2 decoder; ' +
  'or llama, mistral or qwen2 alone';
const NEXT =
  'serve it with a program that runs it, such as vLLM, and let it play: agent play --game GAME --policy ' +
  'endpoint:vllm:MODEL (docs/endpoints.md); or take a checkpoint in the layout of LLaVA-1.5';

/** Throws `checkpoint` where config.json is that of something not implemented, named for what it is. */
export function requireKnownModel(raw: JsonObject, where: string): void {
  requireNoExpert(raw, where);
  requireHuggingFaceLayout(raw, where);
  requireNotQuantised(raw, where);
  const type = raw.model_type;
  if (['llava', 'llama', 'mistral', 'qwen2'].includes(String(type))) return;
  const known = lookUp(MODELS, type) ?? lookUp(TEXTS, type);
  throw new AgentError('checkpoint', 'the checkpoint has an architecture that is not known here', {
    expected: IMPLEMENTED,
    got: `model_type ${JSON.stringify(type) ?? 'not given'}${known ? `: ${known}` : ''}`,
    where,
    next: NEXT,
  });
}

function requireNoExpert({ format }: JsonObject, where: string): void {
  if (format !== 'agent-expert') return;
  throw new AgentError('checkpoint', 'this is an expert, not a vision-language model', {
    expected: 'the folder of a vision-language model',
    got: 'the folder of an expert',
    where,
    next: `it plays as --policy expert:${dirname(where)}`,
  });
}

/** The message for a decoder that is not implemented. */
export function unknownText(kind: string): string {
  return unknown('the decoder', 'llama, mistral, qwen2', kind, lookUp(TEXTS, kind));
}

/** The message for a vision tower that is not implemented. */
export function unknownVision(kind: string): string {
  return unknown('the vision tower', 'clip_vision_model, siglip_vision_model', kind, lookUp(VISIONS, kind));
}

function unknown(part: string, implemented: string, kind: string, known: string | undefined): string {
  return `${part} is ${JSON.stringify(kind)}${known ? ` (${known})` : ''}; implemented are ${implemented}; ${NEXT}`;
}

function lookUp(names: Readonly<Record<string, string>>, type: unknown): string | undefined {
  return typeof type === 'string' && Object.hasOwn(names, type) ? names[type] : undefined;
}

/** LLaVA's own code of 2023 wrote configurations that say `llava` too, with everything in one place. */
function requireHuggingFaceLayout(raw: JsonObject, where: string): void {
  if (!('mm_vision_tower' in raw) || 'vision_config' in raw) return;
  throw new AgentError('checkpoint', "the checkpoint is in the layout of LLaVA's own code, not of transformers", {
    expected: 'config.json with vision_config and text_config',
    got: `mm_vision_tower ${JSON.stringify(raw.mm_vision_tower)}, whose weights are not in this folder`,
    where,
    next:
      'download the converted one (llava-hf on the Hugging Face hub), or convert it: ' +
      'convert_llava_weights_to_hf.py in transformers',
  });
}

function requireNotQuantised(raw: JsonObject, where: string): void {
  const text = raw.text_config as JsonObject | undefined;
  const given = (raw.quantization_config ?? text?.quantization_config) as JsonObject | undefined | null;
  if (!given) return;
  throw new AgentError('checkpoint', 'the weights of the checkpoint are quantised', {
    expected: 'weights as float32, float16 or bfloat16',
    got: `quantization_config of ${String(given.quant_method ?? 'an unnamed method')}`,
    where,
    next:
      'download the checkpoint that it was made from, or undo it in transformers: ' +
      'model.dequantize(), then model.save_pretrained(folder)',
  });
}
