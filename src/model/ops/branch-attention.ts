/** Attention of branches that stand side by side behind one prompt and do not see each other. */
import * as tf from '@tensorflow/tfjs';
import { attention } from './attention.js';
import { exchange, reshape, type Shape4D } from './shapes.js';

/** Queries of a long branch that are computed at a time: a picture of the mini size is 144 tokens. */
export const BLOCK = 144;

/** Branches of a packed layout; see `Visible`. */
export interface Branches {
  readonly branches: number;
  /** Added to the scores of a branch within itself. */
  readonly branchMask: tf.Tensor4D;
}

/**
 * Attention of branches to the prompt and to themselves. A branch's scores of both are computed apart and joined for
 * the softmax, so that no score of two branches exists.
 * @param query [batch, heads, branches · asked, size], of the last tokens of each branch or of all.
 * @param branchMask [1, 1, asked, length]
 * @param keys of the prompt, [batch, sharedHeads, seen, size], and of the branches, [.., branches · length, size]
 * @param values like the keys.
 */
export function branchAttention(
  query: tf.Tensor4D,
  keys: readonly [tf.Tensor4D, tf.Tensor4D],
  values: readonly [tf.Tensor4D, tf.Tensor4D],
  { branches, branchMask }: Branches,
): tf.Tensor4D {
  const [batch, heads, tokens, size] = query.shape;
  const [, shared, seen] = keys[0].shape;
  const asked = tokens / branches;
  const length = branchMask.shape[3];
  const sharing = heads / shared;
  // Rows of one branch lie together, those of the heads that share its keys as well.
  const byBranch = exchange(tf.mul(query, 1 / Math.sqrt(size)), [batch * shared, sharing, branches, asked * size]);
  const rows = sharing * asked;
  const toPrompt: tf.Tensor4D = tf.matMul(
    reshape(byBranch, [batch, shared, branches * rows, size]),
    keys[0],
    false,
    true,
  );
  const blocks: Shape4D = [1, batch * shared * branches, rows, size];
  const ofBlock: Shape4D = [1, batch * shared * branches, length, size];
  const toSelf: tf.Tensor4D = tf.matMul(reshape(byBranch, blocks), reshape(keys[1], ofBlock), false, true);
  const masked: tf.Tensor4D = tf.add(
    reshape(toSelf, [1, batch * shared * branches * sharing, asked, length]),
    branchMask,
  );
  const scores = tf.concat([toPrompt, reshape(masked, [batch, shared, branches * rows, length])], 3);
  const [ofPrompt, ofSelf] = tf.split(tf.softmax(scores, -1), [seen, length], 3) as [tf.Tensor4D, tf.Tensor4D];
  const fromPrompt: tf.Tensor4D = tf.matMul(ofPrompt, values[0]);
  const fromSelf: tf.Tensor4D = tf.matMul(
    reshape(ofSelf, [...blocks.slice(0, 3), length] as Shape4D),
    reshape(values[1], ofBlock),
  );
  const mixed: tf.Tensor4D = tf.add(fromPrompt, reshape(fromSelf, fromPrompt.shape));
  return reshape(exchange(mixed, [batch * shared, branches, sharing, asked * size]), [batch, heads, tokens, size]);
}

/**
 * As `branchAttention` of all tokens of long branches, a block of them after the other. What comes behind a block is
 * seen by none of its tokens, so that its scores, nearly half of all, are not computed. And each branch has the
 * prompt's keys beside its own: for long branches that is less to copy than the scores of both.
 * @param branchMask [1, 1, length, length], causal.
 */
export function blockAttention(
  query: tf.Tensor4D,
  keys: readonly [tf.Tensor4D, tf.Tensor4D],
  values: readonly [tf.Tensor4D, tf.Tensor4D],
  { branches, branchMask }: Branches,
): tf.Tensor4D {
  const [batch, heads, tokens, size] = query.shape;
  const [, shared, seen] = keys[0].shape;
  const [rows, sharing, length] = [batch * shared * branches, heads / shared, tokens / branches];
  const byBranch = exchange(query, [batch * shared, sharing, branches, length * size]);
  const asking = reshape(byBranch, [rows, sharing, length, size]);
  const upTo = ([ofPrompt, own]: readonly [tf.Tensor4D, tf.Tensor4D], until: number): tf.Tensor4D => {
    const repeated = tf.tile(reshape(ofPrompt, [batch * shared, 1, seen, size]), [1, branches, 1, 1]);
    const ownSoFar = slice(reshape(own, [rows, 1, length, size]), 0, until);
    return tf.concat([reshape(repeated, [rows, 1, seen, size]), ownSoFar], 2);
  };
  const blocks: tf.Tensor4D[] = [];
  for (let from = 0; from < length; from += BLOCK) {
    const until = Math.min(from + BLOCK, length);
    const own = tf.slice(branchMask, [0, 0, from, 0], [1, 1, until - from, until]);
    const mask: tf.Tensor4D = tf.concat([tf.zeros<tf.Rank.R4>([1, 1, until - from, seen]), own], 3);
    blocks.push(attention(slice(asking, from, until), upTo(keys, until), upTo(values, until), mask));
  }
  const mixed = reshape(tf.concat(blocks, 2), [batch * shared, branches, sharing, length * size]);
  return reshape(exchange(mixed, mixed.shape), [batch, heads, tokens, size]);
}

/** Some of the tokens, which are the third axis. */
function slice(x: tf.Tensor4D, from: number, until: number): tf.Tensor4D {
  const [batch, heads, , size] = x.shape;
  return tf.slice(x, [0, 0, from, 0], [batch, heads, until - from, size]);
}
