/** Attention by who sees whom. */
import * as tf from '@tensorflow/tfjs';
import { attention } from './attention.js';
import { BLOCK, blockAttention, branchAttention } from './branch-attention.js';
import { reshape } from './shapes.js';

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
  const areLong = visible.branchMask.shape[3] >= 2 * BLOCK;
  const ofAll = areLong ? blockAttention : branchAttention;
  const rest = ofAll(ofBranches, [promptKey, branchKey], [promptValue, branchValue], visible);
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
