/**
 * The LLaMA-type decoder. It knows nothing of prompts: it is given embeddings, each token's position, who may see
 * whom, and the keys and values of what came before, and so serves plain, cached, padded and packed sequences alike.
 */
import * as tf from '@tensorflow/tfjs';
import type { TextConfig } from '../config/index.js';
import {
  activate,
  attend,
  attendFromTails,
  canFuse,
  fusedLayer,
  gatherRows,
  gatherTokens,
  linear,
  linearTransposed,
  mergeHeads,
  type Rotation,
  rmsNorm,
  rotate,
  splitHeads,
  type Visible,
} from '../ops/index.js';
import type { Parameters } from './parameters.js';

/** Keys (already rotated) and values of one layer, each [batch, keyValueHeads, tokens, headDim]. */
export type LayerCache = {
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
};

/** Input of the decoder: `batch` rows of equally many tokens. */
export interface DecoderInput {
  /** [batch · tokens, hidden size] */
  readonly embeddings: tf.Tensor2D;
  readonly batch: number;
  readonly rotation: Rotation;
  readonly visible: Visible;
  /** For each layer the mask that takes the place of `visible`, where its window hides more; null where it does not. */
  readonly windows?: readonly (tf.Tensor4D | null)[];
  /** One entry a layer; what the tokens continue. */
  readonly past?: readonly LayerCache[];
  /** The only tokens whose last hidden state is wanted, where not all are; `visible` must be dense. */
  readonly wanted?: WantedTokens;
  /** Instead of `wanted` where `visible` is packed; has gradients, which `wanted` has not. */
  readonly tails?: WantedTails;
}

/** The last tokens of every branch of every row, the only ones whose last hidden states are wanted. */
export interface WantedTails {
  /** Tokens of a branch. */
  readonly tail: number;
  /** Their rows among those of the embeddings, int32 [batch · branches · tail]. */
  readonly rows: tf.Tensor;
}

/**
 * Tokens that are the same ones in every row of a batch. The last layer is computed for them alone: its keys and values
 * are needed of all tokens, its attention and its MLP are not.
 */
export interface WantedTokens {
  /** Which tokens of a row, int32 [wanted]. */
  readonly tokens: tf.Tensor;
  /** Their rows among those of the embeddings, int32 [batch · wanted]. */
  readonly rows: tf.Tensor;
}

export interface DecoderOutput {
  /** After the last layer, before the final norm: [batch · tokens, hidden size], of the wanted tokens if given. */
  readonly hidden: tf.Tensor2D;
  /** Past and these tokens, one entry a layer. */
  readonly cache: LayerCache[];
}

/** Runs all layers. */
export function decode(input: DecoderInput, parameters: Parameters, config: TextConfig): DecoderOutput {
  const { wanted: _, tails: __, ...whole } = input;
  let hidden = input.embeddings;
  const cache: LayerCache[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    // What a layer computes on its way is dropped at once: kept to the end, it would be most of the memory.
    const last = layer === config.layers - 1 ? input : whole;
    const mask = input.windows?.[layer];
    const given: DecoderInput = mask ? { ...last, visible: { kind: 'dense', mask } } : last;
    const result = tf.tidy(() =>
      decoderLayer(hidden, given, input.past?.[layer], `language.${layer}`, parameters, config),
    );
    hidden = result.hidden;
    cache.push(result.cache);
  }
  return { hidden, cache };
}

/** Embeddings of token ids, [ids, hidden size]. */
export function embedTokens(ids: tf.Tensor, parameters: Parameters): tf.Tensor2D {
  return gatherRows(parameters.get('language.embedding'), ids);
}

/** Logits over the vocabulary of hidden states [rows, hidden size] → [rows, vocabulary]. */
export function logitsOf(hidden: tf.Tensor2D, parameters: Parameters, config: TextConfig): tf.Tensor2D {
  const normed = rmsNorm(hidden, parameters.get('language.norm.scale'), config.epsilon);
  if (!config.tied) return linear(normed, parameters.get('language.head.kernel'));
  return linearTransposed(normed, parameters.get('language.embedding'));
}

function decoderLayer(
  x: tf.Tensor2D,
  input: DecoderInput,
  past: LayerCache | undefined,
  prefix: string,
  parameters: Parameters,
  config: TextConfig,
): { hidden: tf.Tensor2D; cache: LayerCache } {
  if (input.visible.kind === 'dense' && !input.tails && canFuse()) {
    return inOneOperation(x, input, input.visible.mask, past, prefix, parameters, config);
  }
  const { heads, keyValueHeads, epsilon, activation, intermediateSize } = config;
  const apply = (name: string, given: tf.Tensor2D) =>
    linear(given, parameters.get(`${prefix}.${name}.kernel`), parameters.find(`${prefix}.${name}.bias`));
  const norm = (name: string, given: tf.Tensor2D) =>
    rmsNorm(given, parameters.get(`${prefix}.${name}.norm.scale`), epsilon);

  const packed = splitHeads(apply('attention.in', norm('attention', x)), input.batch, heads + 2 * keyValueHeads);
  const sizes = [heads + keyValueHeads, keyValueHeads];
  const [unturned, ownValue] = tf.split(packed, sizes, 1) as [tf.Tensor4D, tf.Tensor4D];
  const turned = rotate(unturned, input.rotation);
  const [query, ownKey] = tf.split(turned, [heads, keyValueHeads], 1) as [tf.Tensor4D, tf.Tensor4D];
  const key = past ? tf.concat([past.key, ownKey], 2) : ownKey;
  const value = past ? tf.concat([past.value, ownValue], 2) : ownValue;
  const { wanted, tails } = input;
  const asking = wanted ? gatherTokens(query, wanted.tokens) : query;
  const visible = wanted ? ofTokens(input.visible, wanted.tokens) : input.visible;
  const mixed = mergeHeads(
    tails ? attendFromTails(query, key, value, visible, tails.tail) : attend(asking, key, value, visible),
  );
  const rows = (wanted ?? tails)?.rows;
  const before = rows ? gatherRows(x, rows) : x;
  const attended: tf.Tensor2D = tf.add(before, apply('attention.out', mixed));

  const gated = apply('mlp.in', norm('mlp', attended));
  const [gate, up] = tf.split(gated, [intermediateSize, intermediateSize], 1) as [tf.Tensor2D, tf.Tensor2D];
  const hidden: tf.Tensor2D = tf.add(attended, apply('mlp.out', tf.mul(activate(gate, activation), up)));
  return { hidden, cache: { key, value } };
}

/** The same as one operation; `input` is without tails, and what it sees is dense. */
function inOneOperation(
  x: tf.Tensor2D,
  { batch, rotation, wanted }: DecoderInput,
  mask: tf.Tensor4D | null,
  past: LayerCache | undefined,
  prefix: string,
  parameters: Parameters,
  { heads, keyValueHeads, epsilon, activation }: TextConfig,
): { hidden: tf.Tensor2D; cache: LayerCache } {
  const { hidden, key, value } = fusedLayer({
    ...{ x, batch, heads, sharedHeads: keyValueHeads, activation, epsilon, kind: 'rms', mask, rotation, past },
    weight: (name) => parameters.find(`${prefix}.${name}`),
    rows: wanted?.rows,
  });
  if (!past) return { hidden, cache: { key, value } };
  return { hidden, cache: { key: tf.concat([past.key, key], 2), value: tf.concat([past.value, value], 2) } };
}

/** What some of the tokens see. */
function ofTokens(visible: Visible, tokens: tf.Tensor): Visible {
  if (visible.kind === 'packed') throw new TypeError('wanted tokens need a dense mask');
  return { kind: 'dense', mask: visible.mask && gatherTokens(visible.mask, tokens) };
}
