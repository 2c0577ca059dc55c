/** Multi-head attention over heads that are already split. */
import * as tf from '@tensorflow/tfjs';

type Shape4D = [number, number, number, number];

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

/** Who sees whom, as tensors on the device; see `Visibility` in sequence/layout.ts. */
export type Visible =
  | {
      readonly kind: 'dense';
      /** As `attention` takes it. */
      readonly mask: tf.Tensor4D | null;
    }
  | {
      readonly kind: 'packed';
      /** Equally long branches behind the prompt of each row. */
      readonly branches: number;
      /** Added to the scores of the prompt: [1, 1, prompt, past + prompt]. */
      readonly promptMask: tf.Tensor4D;
      /** Added to the scores of a branch within itself: [1, 1, length, length]. */
      readonly branchMask: tf.Tensor4D;
    };

/** Attention of tokens that see each other as `visible` says; shapes as in `attention`. */
export function attend(query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D, visible: Visible): tf.Tensor4D {
  if (visible.kind === 'dense') return attention(query, key, value, visible.mask);
  const [, , prompt, seen] = visible.promptMask.shape;
  const split = (x: tf.Tensor4D, first: number) =>
    tf.split(x, [first, (x.shape[2] as number) - first], 2) as [tf.Tensor4D, tf.Tensor4D];
  const [ofPrompt, ofBranches] = split(query, prompt);
  const [promptKey, branchKey] = split(key, seen);
  const [promptValue, branchValue] = split(value, seen);
  const first = attention(ofPrompt, promptKey, promptValue, visible.promptMask);
  const rest = branchAttention(ofBranches, [promptKey, branchKey], [promptValue, branchValue], visible);
  return tf.concat([first, rest], 2);
}

/**
 * As `attend` of the last `tail` tokens of each branch alone, which are all that some losses look at.
 * @param visible must be packed.
 * @returns [batch, heads, branches · tail, size]
 */
export function attendFromTails(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  visible: Visible,
  tail: number,
): tf.Tensor4D {
  if (visible.kind !== 'packed') throw new TypeError('only packed branches have tails');
  const { branches, branchMask, promptMask } = visible;
  const [batch, heads, tokens, size] = query.shape;
  const [, , prompt, seen] = promptMask.shape;
  const length = (tokens - prompt) / branches;
  const last = (x: tf.Tensor4D, kept: number, axis = 2) =>
    kept === x.shape[axis] ? x : (tf.split(x, [(x.shape[axis] as number) - kept, kept], axis)[1] as tf.Tensor4D);
  const split = (x: tf.Tensor4D) => tf.split(x, [seen, (x.shape[2] as number) - seen], 2) as [tf.Tensor4D, tf.Tensor4D];
  const byBranch = reshape(last(query, branches * length), [batch * heads, branches, length, size]);
  const asking = reshape(last(byBranch, tail), [batch, heads, branches * tail, size]);
  return branchAttention(asking, split(key), split(value), { branches, branchMask: last(branchMask, tail) });
}

/**
 * Attention of branches to the prompt and to themselves. A branch's scores of both are computed apart and joined for
 * the softmax, so that no score of two branches exists.
 * @param query [batch, heads, branches · asked, size], of the last tokens of each branch or of all.
 * @param branchMask [1, 1, asked, length]
 * @param keys of the prompt, [batch, sharedHeads, seen, size], and of the branches, [.., branches · length, size]
 * @param values like the keys.
 */
function branchAttention(
  query: tf.Tensor4D,
  keys: readonly [tf.Tensor4D, tf.Tensor4D],
  values: readonly [tf.Tensor4D, tf.Tensor4D],
  { branches, branchMask }: Pick<Visible & { kind: 'packed' }, 'branches' | 'branchMask'>,
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

/** Read as `shape`, with its two middle axes exchanged. */
function exchange(x: tf.Tensor4D, shape: Shape4D): tf.Tensor4D {
  const isPlain = shape[1] === 1 || shape[2] === 1;
  return isPlain ? x : tf.transpose(reshape(x, shape), [0, 2, 1, 3]);
}

function reshape(x: tf.Tensor4D, shape: Shape4D): tf.Tensor4D {
  return x.shape.every((length, axis) => length === shape[axis]) ? x : tf.reshape<tf.Rank.R4>(x, shape);
}
