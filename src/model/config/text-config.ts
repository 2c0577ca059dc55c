/** The language model's part of config.json: decoders of the LLaMA type. */
import { z } from 'zod';
import { type Activation, activationSchema } from './activation.js';
import { type RopeConfig, ropeScalingSchema } from './rope.js';

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
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
}

const count = z.int().positive();

/** Field names and defaults of transformers' LlamaConfig, whose files leave defaults out. */
const fields = z.object({
  model_type: z.literal('llama').default('llama'),
  vocab_size: count.default(32000),
  hidden_size: count.default(4096),
  intermediate_size: count.default(11008),
  num_hidden_layers: count.default(32),
  num_attention_heads: count.default(32),
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: activationSchema.default('silu'),
  rms_norm_eps: z.number().positive().default(1e-6),
  max_position_embeddings: count.default(2048),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

/** Reads `text_config`, or the whole config.json of a LlamaForCausalLM. */
export const textConfigSchema = fields.transform((raw, context): TextConfig => {
  const headDim = raw.head_dim ?? raw.hidden_size / raw.num_attention_heads;
  const keyValueHeads = raw.num_key_value_heads ?? raw.num_attention_heads;
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) {
    context.addIssue(`head_dim must be even and whole: ${raw.hidden_size} / ${raw.num_attention_heads} heads`);
  }
  if (raw.num_attention_heads % keyValueHeads !== 0) {
    context.addIssue(`${raw.num_attention_heads} attention heads do not share ${keyValueHeads} key-value heads evenly`);
  }
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
    attentionBias: raw.attention_bias,
    mlpBias: raw.mlp_bias,
  };
});

function readRope(raw: z.infer<typeof fields>, context: z.RefinementCtx): RopeConfig {
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
