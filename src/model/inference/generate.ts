/** Free generation, token by token, for a batch of prompts of different lengths. */
import { setImmediate as turnOfEvents } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import type { Random } from '../../core/random.js';
import type { DecoderOutput, LayerCache } from '../network/decoder.js';
import type { Network } from '../network/network.js';
import { type BatchLayout, HIDDEN, layOut } from '../sequence/layout.js';
import type { Prefix } from './prefix-cache.js';
import type { Prompt } from './prompt.js';
import { pickToken } from './sampling.js';

/** How one prompt is answered. */
export interface GenerationSettings {
  readonly maxTokens: number;
  /** 0 takes the likeliest token; above, logits are divided by it and a token is drawn. */
  readonly temperature: number;
  readonly random?: Random;
  /** Whether an answer is complete, asked after each of its tokens. */
  readonly isComplete?: (tokens: readonly number[]) => boolean;
  /** Told of each token before `isComplete` is asked, with the logits that it was taken from; these are not kept. */
  readonly onToken?: (token: number, logits: Float32Array) => void;
  /** Ends this answer, as `stop`. */
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
  readonly settings: GenerationSettings;
  readonly tokens: number[];
  readonly limit: number;
  position: number;
  reason: GeneratedTokens['reason'] | undefined;
}

/**
 * Continues every prompt until each has ended.
 * @param settings one entry a prompt.
 * @param endTokens tokens that end an answer; they are not part of it.
 * Rejects with a signal's reason where nobody waits for any of the answers.
 */
export async function generateTokens(
  network: Network,
  prompts: readonly Prompt[],
  features: Float32Array | null,
  prefix: Prefix,
  settings: readonly GenerationSettings[],
  endTokens: readonly number[],
): Promise<GeneratedTokens[]> {
  const layout = layOut(
    prompts.map(({ tokens }) => ({ prompt: tokens.slice(prefix.length), branches: [] })),
    prefix.length,
  );
  const rows = prompts.map(({ tokens }, i): Row => {
    const own = settings[i] as GenerationSettings;
    const limit = Math.min(own.maxTokens, network.config.text.maxPositions - tokens.length);
    return { settings: own, tokens: [], limit, position: tokens.length, reason: limit > 0 ? undefined : 'length' };
  });
  const isWatched = settings.some(({ signal }) => signal);
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
      // TensorFlow answers in the same turn: without this nobody could leave.
      if (isWatched) await turnOfEvents();
      giveUp(rows);
      if (rows.every((row) => row.reason !== undefined)) break;
      advance(rows, await state.logits.data<'float32'>(), endTokens);
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

/** Ends the rows that nobody waits for any more. Throws where nobody waits for any. */
function giveUp(rows: readonly Row[]): void {
  const left = rows.filter(({ settings }) => settings.signal?.aborted);
  if (left.length === rows.length) left[0]?.settings.signal?.throwIfAborted();
  for (const row of left) row.reason ??= 'stop';
}

/** Gives each unfinished row its next token. */
function advance(rows: readonly Row[], logits: Float32Array, endTokens: readonly number[]): void {
  const vocabulary = logits.length / rows.length;
  rows.forEach((row, i) => {
    if (row.reason !== undefined) return;
    const { settings } = row;
    const own = logits.subarray(i * vocabulary, (i + 1) * vocabulary);
    const token = pickToken(own, settings);
    if (endTokens.includes(token)) {
      row.reason = 'end';
      return;
    }
    row.tokens.push(token);
    settings.onToken?.(token, own);
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
