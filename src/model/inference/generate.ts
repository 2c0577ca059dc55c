/** Free generation, token by token, for a batch of prompts of different lengths. */
import * as tf from '@tensorflow/tfjs';
import type { Random } from '../../core/random.js';
import type { DecoderOutput, LayerCache } from '../network/decoder.js';
import type { Network } from '../network/network.js';
import { type BatchLayout, HIDDEN, layOut } from '../sequence/layout.js';
import type { Prefix } from './prefix-cache.js';
import type { Prompt } from './prompt.js';
import { pickToken } from './sampling.js';

export interface GenerationSettings {
  readonly maxTokens: number;
  /** Tokens that end an answer; they are not part of it. */
  readonly endTokens: readonly number[];
  /** 0 takes the likeliest token; above, logits are divided by it and a token is drawn. */
  readonly temperature: number;
  readonly random?: Random;
  /** Whether an answer is complete, asked after each of its tokens. */
  readonly isComplete?: (tokens: readonly number[]) => boolean;
  readonly signal?: AbortSignal;
}

/** What became of one prompt. */
export interface GeneratedTokens {
  readonly tokens: readonly number[];
  /** `end`: an end token; `stop`: `isComplete`; `length`: maxTokens or the context. */
  readonly reason: 'end' | 'stop' | 'length';
}

/** A row as it grows. */
interface Row {
  readonly tokens: number[];
  readonly limit: number;
  position: number;
  reason: GeneratedTokens['reason'] | undefined;
}

/** Continues every prompt until each has ended. */
export async function generateTokens(
  network: Network,
  prompts: readonly Prompt[],
  features: Float32Array | null,
  prefix: Prefix,
  settings: GenerationSettings,
): Promise<GeneratedTokens[]> {
  const layout = layOut(
    prompts.map(({ tokens }) => ({ prompt: tokens.slice(prefix.length), branches: [] })),
    prefix.length,
  );
  const rows = prompts.map(({ tokens }): Row => {
    const limit = Math.min(settings.maxTokens, network.config.text.maxPositions - tokens.length);
    return { tokens: [], limit, position: tokens.length, reason: limit > 0 ? undefined : 'length' };
  });
  let state = tf.tidy(() => {
    const size = network.config.text.hiddenSize;
    const pictures = features && tf.tensor2d(features, [features.length / size, size]);
    return readLogits(network, network.run(layout, pictures, prefix.layers), layout.promptEnd);
  });
  // Keys of filled-up places stay in the cache; the mask hides them from every later token.
  const hiddenFrom = layout.promptEnd.map((end, row) => prefix.length + end - row * layout.width + 1);
  const filledTo = prefix.length + layout.width;
  try {
    for (let step = 0; rows.some((row) => row.reason === undefined); step++) {
      settings.signal?.throwIfAborted();
      advance(rows, await state.logits.data<'float32'>(), settings);
      if (rows.every((row) => row.reason !== undefined)) break;
      const next = stepLayout(rows, hiddenFrom, filledTo, step);
      const previous = state;
      state = tf.tidy(() => readLogits(network, network.runWritten(next, previous.cache), next.promptEnd));
      disposeState(previous);
    }
  } finally {
    disposeState(state);
  }
  return rows.map(({ tokens, reason }) => ({ tokens, reason: reason ?? 'length' }));
}

/** A type rather than an interface, which `tf.tidy` does not take for a container. */
type State = {
  readonly logits: tf.Tensor2D;
  readonly cache: LayerCache[];
};

function readLogits(network: Network, output: DecoderOutput, places: readonly number[]): State {
  return { logits: network.logits(output.hidden, places), cache: output.cache };
}

/** Gives each unfinished row its next token. */
function advance(rows: readonly Row[], logits: Float32Array, settings: GenerationSettings): void {
  const vocabulary = logits.length / rows.length;
  rows.forEach((row, i) => {
    if (row.reason !== undefined) return;
    const token = pickToken(logits.subarray(i * vocabulary, (i + 1) * vocabulary), settings);
    if (settings.endTokens.includes(token)) {
      row.reason = 'end';
      return;
    }
    row.tokens.push(token);
    if (settings.isComplete?.(row.tokens)) row.reason = 'stop';
    else if (row.tokens.length >= row.limit) row.reason = 'length';
  });
}

/** One token a row; a finished row repeats its last one, and nothing reads what becomes of it. */
function stepLayout(rows: readonly Row[], hiddenFrom: readonly number[], filledTo: number, step: number): BatchLayout {
  const past = filledTo + step;
  const uniform = hiddenFrom.every((from) => from === filledTo);
  const mask = uniform ? null : new Float32Array(rows.length * (past + 1));
  hiddenFrom.forEach((from, row) => {
    mask?.fill(HIDDEN, row * (past + 1) + from, row * (past + 1) + filledTo);
  });
  return {
    batch: rows.length,
    width: 1,
    past,
    ids: Int32Array.from(rows, (row) => row.tokens.at(-1) ?? 0),
    positions: Int32Array.from(rows, (row) => (row.reason === undefined ? row.position++ : row.position - 1)),
    visibility: { kind: 'dense', rows: uniform ? 1 : rows.length, mask },
    pastPositions: Int32Array.from({ length: rows.length * past }, (_, i) => {
      const key = i % past;
      return key < filledTo ? key : (hiddenFrom[Math.floor(i / past)] as number) + key - filledTo;
    }),
    promptEnd: rows.map((_, row) => row),
    branchStart: [],
  };
}

function disposeState({ logits, cache }: State): void {
  logits.dispose();
  for (const { key, value } of cache) tf.dispose([key, value]);
}
