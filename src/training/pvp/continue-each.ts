/**
 * Many short continuations of one beginning. The picture and the common text go through the network once; their keys
 * and values serve all branches, which lie side by side in batches.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { LayerCache } from '../../model/network/decoder.js';
import type { Network } from '../../model/network/network.js';
import { layOut } from '../../model/sequence/layout.js';
import type { Tokenizer } from '../../model/text/index.js';

/** Branches that share a row, and rows of a pass: larger passes only take more memory. */
const [ROW, ROWS] = [64, 16];
/** Branches of a pass. */
export const PASS = ROW * ROWS;
/** Longest answer in tokens; a colour takes three, a box four. */
const LONGEST = 8;

/** What all branches continue. */
export interface Beginning extends Disposable {
  /** The last token; it is read with each batch, which needs a prompt. */
  readonly last: readonly number[];
  /** Tokens before it. */
  readonly past: number;
  readonly cache: readonly LayerCache[];
  /** Position of the first token of each branch; left out: the next one. */
  readonly branchPosition?: number | undefined;
}

/**
 * Reads a picture and the text around it.
 * @param prompt token ids, the image token once for each feature.
 * @param pixels preprocessed, [side · side · 3].
 * @param branchPosition where branches count from, if not from the end of the prompt.
 */
export function readBeginning(
  network: Network,
  prompt: readonly number[],
  pixels: Float32Array,
  branchPosition?: number,
): Beginning {
  const side = network.image.vision.imageSize;
  const cache = tf.tidy(() => {
    const features = network.features(tf.tensor4d(pixels, [1, side, side, 3]));
    return network.run(layOut([{ prompt: prompt.slice(0, -1), branches: [] }]), features).cache;
  });
  const [last, past] = [prompt.slice(-1), prompt.length - 1];
  return {
    ...{ last, past, cache, branchPosition },
    [Symbol.dispose]: () => {
      for (const { key, value } of cache) tf.dispose([key, value]);
    },
  };
}

/**
 * Logits of the token behind each branch, [branches, vocabulary]; to be called in `tf.tidy`.
 * @param branches at most `PASS`.
 */
export function logitsBehind(
  network: Network,
  { last, past, cache, branchPosition }: Beginning,
  branches: readonly (readonly number[])[],
): tf.Tensor2D {
  const rows = Array.from({ length: Math.ceil(branches.length / ROW) }, (_, row) => ({
    prompt: last,
    branches: branches.slice(row * ROW, (row + 1) * ROW),
    branchPosition,
  }));
  const layout = layOut(rows, past);
  const ends = layout.branchStart.flatMap((starts, row) =>
    starts.map((start, i) => start + (rows[row]?.branches[i]?.length ?? 0) - 1),
  );
  return network.logits(network.run(layout, null, cache).hidden, ends);
}

/** Throws `runtime` where a logit is no number. */
export function requireNumber(largest: number | undefined): void {
  if (Number.isFinite(largest)) return;
  throw new AgentError('runtime', 'the model computed no number', {
    expected: 'logits',
    got: String(largest),
    next: 'the weights probably hold NaN or infinite values: check the training run that wrote them',
  });
}

/**
 * The answer to each branch, the likeliest token at a time, until it is closed with a bracket, ended, or too long; as
 * token ids without the token that ends it.
 */
export async function continueEach(
  network: Network,
  tokenizer: Tokenizer,
  beginning: Beginning,
  given: readonly (readonly number[])[],
): Promise<number[][]> {
  const answers = given.map((): number[] => []);
  const ended = new Set<number>();
  for (let length = 0; length < LONGEST && ended.size < given.length; length++) {
    const open = given.map((_, index) => index).filter((index) => !ended.has(index));
    const branches = open.map((index) => [...(given[index] as number[]), ...(answers[index] as number[])]);
    const next = await likeliest(network, beginning, branches);
    for (const [i, index] of open.entries()) {
      const token = next[i] as number;
      if (tokenizer.endTokens.includes(token)) {
        ended.add(index);
        continue;
      }
      answers[index]?.push(token);
      if (tokenizer.tokenOf(token)?.endsWith(']')) ended.add(index);
    }
  }
  return answers;
}

/** The likeliest token behind each branch. */
async function likeliest(
  network: Network,
  beginning: Beginning,
  branches: readonly (readonly number[])[],
): Promise<Int32Array> {
  const { tokens, top } = tf.tidy(() => {
    const logits = logitsBehind(network, beginning, branches);
    return { tokens: tf.argMax(logits, 1), top: tf.max(logits) };
  });
  const [ids, [largest]] = await Promise.all([tokens.data<'int32'>(), top.data<'float32'>()]);
  tf.dispose([tokens, top]);
  requireNumber(largest);
  return ids;
}
