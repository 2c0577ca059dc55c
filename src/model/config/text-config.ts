/** The language model's part of config.json: decoders of the LLaMA type, which Mistral's and Qwen2's are too. */
import { z } from 'zod';
import { type Activation, activationSchema } from './activation.js';
import { endTokensSchema, LIMITS } from './limits.js';
import { type RopeConfig, ropeScalingSchema } from './rope.js';
import { unknownText } from './unknown-kinds.js';

/** A decoder of the LLaMA type. */
export interface TextConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves heads / keyValueHeads query heads. */
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly activation: Activation;
  /** Of RMSNorm. */
  readonly epsilon: number;
  /** Longest sequence, in tokens. */
  readonly maxPositions: number;
  readonly rope: RopeConfig;
  /** Whether the output layer is the embedding matrix. */
  readonly tied: boolean;
  /** Of queries, keys and values. */
  readonly attentionBias: boolean;
  /** Of what attention writes back. */
  readonly attentionOutBias: boolean;
  readonly mlpBias: boolean;
  /** For each layer how many tokens one sees, itself included; null where it sees all before it. */
  readonly windows: readonly (number | null)[];
}

/** Field names and defaults of transformers' LlamaConfig, whose files leave defaults out. */
const llama = z.object({
  model_type: z.string().default('llama'),
  vocab_size: LIMITS.vocabulary.default(32000),
  hidden_size: LIMITS.width.default(4096),
  intermediate_size: LIMITS.width.default(11008),
  num_hidden_layers: LIMITS.layers.default(32),
  num_attention_heads: LIMITS.heads.default(32),
  num_key_value_heads: LIMITS.heads.nullish(),
  head_dim: LIMITS.width.nullish(),
  hidden_act: activationSchema.default('silu'),
  rms_norm_eps: z.number().positive().default(1e-6),
  max_position_embeddings: LIMITS.positions.default(2048),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  /** Not used, as generation_config.json has it too; a file that holds a wrong one is damaged all the same. */
  eos_token_id: endTokensSchema,
});

const mistral = llama.extend({
  intermediate_size: LIMITS.width.default(14336),
  num_key_value_heads: LIMITS.heads.nullable().default(8),
  max_position_embeddings: LIMITS.positions.default(131072),
  sliding_window: LIMITS.positions.nullable().default(4096),
});

const qwen2 = llama.extend({
  vocab_size: LIMITS.vocabulary.default(151936),
  intermediate_size: LIMITS.width.default(22016),
  num_key_value_heads: LIMITS.heads.nullable().default(32),
  max_position_embeddings: LIMITS.positions.default(32768),
  use_sliding_window: z.boolean().default(false),
  sliding_window: LIMITS.positions.nullable().default(4096),
  max_window_layers: z.int().nonnegative().default(28),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
});

/** The decoders that are implemented, by `model_type`. */
const KINDS = { llama, mistral, qwen2 } as const;
export const TEXT_KINDS = Object.keys(KINDS);
type Fields = z.infer<typeof llama> | z.infer<typeof mistral> | z.infer<typeof qwen2>;

/** Reads `text_config`, or the whole config.json of a language model alone. */
export const textConfigSchema = z.looseObject({}).transform((raw, context): TextConfig => {
  const kind = String(raw.model_type ?? 'llama');
  if (!Object.hasOwn(KINDS, kind)) {
    context.addIssue({ code: 'custom', path: ['model_type'], message: unknownText(kind) });
    return z.NEVER;
  }
  const parsed = KINDS[kind as keyof typeof KINDS].safeParse(raw);
  if (parsed.success) return textConfig(parsed.data, context);
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

function textConfig(raw: Fields, context: z.RefinementCtx): TextConfig {
  const headDim = raw.head_dim ?? raw.hidden_size / raw.num_attention_heads;
  const keyValueHeads = raw.num_key_value_heads ?? raw.num_attention_heads;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) {
    context.addIssue(`head_dim must be even and whole: ${raw.hidden_size} / ${raw.num_attention_heads} heads`);
  }
  if (raw.num_attention_heads % keyValueHeads !== 0) {
    context.addIssue(`${raw.num_attention_heads} attention heads do not share ${keyValueHeads} key-value heads evenly`);
  }
  // Qwen2's queries, keys and values always have a bias, and what it writes back has none; Mistral has neither.
  const isQwen = 'max_window_layers' in raw;
  const hasBias = isQwen || (raw.model_type === 'llama' && raw.attention_bias);
  return {
    vocabularySize: raw.vocab_size,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    keyValueHeads,
    headDim,
    activation: raw.hidden_act,
    epsilon: raw.rms_norm_eps,
    maxPositions: raw.max_position_embeddings,
    rope: readRope(raw, context),
    tied: raw.tie_word_embeddings,
    attentionBias: hasBias,
    attentionOutBias: hasBias && !isQwen,
    mlpBias: raw.model_type === 'llama' && raw.mlp_bias,
    windows: windowsOf(raw, context),
  };
}

function windowsOf(raw: Fields, context: z.RefinementCtx): (number | null)[] {
  const layers = Array.from({ length: raw.num_hidden_layers }, (_, layer) => layer);
  if (!('sliding_window' in raw)) return layers.map(() => null);
  if (!('max_window_layers' in raw)) return layers.map(() => raw.sliding_window);
  const { layer_types: types, sliding_window, max_window_layers, use_sliding_window } = raw;
  if (types && types.length !== layers.length) {
    context.addIssue(`layer_types has ${types.length} entries for ${layers.length} layers`);
  }
  const slides = (layer: number) => (types ? types[layer] === 'sliding_attention' : layer >= max_window_layers);
  return layers.map((layer) => (use_sliding_window && slides(layer) ? sliding_window : null));
}

function readRope(raw: Fields, context: z.RefinementCtx): RopeConfig {
  const { rope_theta: theta, ...given } = raw.rope_parameters ?? raw.rope_scaling ?? {};
  const partial = given.partial_rotary_factor;
  if (partial !== undefined && partial !== 1) context.addIssue(`partial_rotary_factor ${partial} is not supported`);
  // transformers 4 wrote the kind as `type` first and as `rope_type` later.
  const scaling = ropeScalingSchema.safeParse({ ...given, type: given.rope_type ?? given.type ?? 'default' });
  if (!scaling.success) context.addIssue(`rotary scaling ${JSON.stringify(given)}: ${z.prettifyError(scaling.error)}`);
  return {
    theta: typeof theta === 'number' ? theta : (raw.rope_theta ?? 10_000),
    scaling: scaling.data ?? { type: 'default' },
  };
}
