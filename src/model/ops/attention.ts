/** Multi-head attention over heads that are already split. */
import * as tf from '@tensorflow/tfjs';
import { reshape } from './shapes.js';

/** Splits [batch · tokens, heads · size] into [batch, heads, tokens, size]. */
export function splitHeads(x: tf.Tensor2D, batch: number, heads: number): tf.Tensor4D {
  const [rows, width] = x.shape;
  return tf.transpose(tf.reshape<tf.Rank.R4>(x, [batch, rows / batch, heads, width / heads]), [0, 2, 1, 3]);
}

/** The inverse of `splitHeads`. */
export function mergeHeads(x: tf.Tensor4D): tf.Tensor2D {
  const [batch, heads, tokens, size] = x.shape;
  return tf.reshape<tf.Rank.R2>(tf.transpose(x, [0, 2, 1, 3]), [batch * tokens, heads * size]);
}

/**
 * Scaled dot-product attention. Several query heads may share one head of keys and values: query head i uses head
 * floor(i · sharedHeads / heads).
 * @param query [batch, heads, tokens, size]
 * @param key [batch, sharedHeads, keys, size]
 * @param value [batch, sharedHeads, keys, size]
 * @param mask added to the scores, [batch or 1, 1, tokens, keys]; null where every query sees every key.
 * @returns [batch, heads, tokens, size]
 */
export function attention(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  mask: tf.Tensor4D | null,
): tf.Tensor4D {
  const [batch, heads, tokens, size] = query.shape;
  const [, shared, keys] = key.shape;
  const scaled: tf.Tensor4D = tf.mul(query, 1 / Math.sqrt(size));
  // Queries that share keys become more rows of one product; nothing is repeated.
  const rows = (heads / shared) * tokens;
  const grouped = reshape(scaled, [batch, shared, rows, size]);
  const scores: tf.Tensor4D = tf.matMul(grouped, key, false, true);
  const masked = mask
    ? reshape(tf.add(reshape(scores, [batch, heads, tokens, keys]), mask), [batch, shared, rows, keys])
    : scores;
  return reshape(tf.matMul(tf.softmax(masked, -1), value), [batch, heads, tokens, size]);
}
