/**
 * Answers to many pixel queries about one picture. The picture and the common beginning go through the network once;
 * their keys and values serve all queries, which lie side by side in batches and grow by a token a pass.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { LayerCache } from '../../model/network/decoder.js';
import type { Network } from '../../model/network/network.js';
import { layOut } from '../../model/sequence/layout.js';
import type { Tokenizer } from '../../model/text/index.js';
import { PIXEL_PROMPT, type Place } from '../tasks/pixels.js';
import { RowBuilder } from '../tasks/row-builder.js';

/** A network with what it needs to read and write. */
export interface Answerer {
  readonly network: Network;
  readonly tokenizer: Tokenizer;
  readonly processing: ImageProcessing;
}

export interface AnswerOptions {
  readonly signal?: AbortSignal;
  /** Called with the number of queries answered so far. */
  readonly onProgress?: (answered: number) => void;
}

/** Queries that share a row, and rows of a pass: larger passes only take more memory. */
const [ROW, ROWS] = [64, 16];
/** Longest answer in tokens; a colour takes three. */
const LONGEST = 8;

/**
 * The text of each answer, the likeliest token at a time, until it is closed with a bracket, ended, or too long.
 * @param frame of any size: it is preprocessed as the checkpoint says. Places count in the size it then has.
 */
export async function answerPixels(
  { network, tokenizer, processing }: Answerer,
  frame: Frame,
  places: readonly Place[],
  { signal, onProgress }: AnswerOptions = {},
): Promise<string[]> {
  const rows = new RowBuilder(tokenizer, network.image);
  const prompt = rows.prompt(PIXEL_PROMPT);
  const last = prompt.slice(-1);
  const cache = readPicture(network, prompt.slice(0, -1), preprocess(frame, processing).data);
  const answers: string[] = [];
  try {
    for (let first = 0; first < places.length; first += ROW * ROWS) {
      signal?.throwIfAborted();
      const given = places.slice(first, first + ROW * ROWS).map((place) => rows.place(place));
      const tokens = await continueEach(network, tokenizer, { last, past: prompt.length - 1, cache }, given);
      answers.push(...tokens.map((ids) => tokenizer.decode(ids)));
      onProgress?.(answers.length);
      // Between passes the process may look at its signals.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    for (const { key, value } of cache) tf.dispose([key, value]);
  }
  return answers;
}

/** Keys and values of the picture and the text before the last token. */
function readPicture(network: Network, prompt: readonly number[], pixels: Float32Array): LayerCache[] {
  const side = network.image.vision.imageSize;
  return tf.tidy(() => {
    const features = network.features(tf.tensor4d(pixels, [1, side, side, 3]));
    return network.run(layOut([{ prompt, branches: [] }]), features).cache;
  });
}

interface Beginning {
  /** The last token of the common beginning; it is read with each batch, which needs a prompt. */
  readonly last: readonly number[];
  /** Tokens before it. */
  readonly past: number;
  readonly cache: readonly LayerCache[];
}

/** The answer to each query, as token ids without the token that ends it. */
async function continueEach(
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
  { last, past, cache }: Beginning,
  branches: readonly (readonly number[])[],
): Promise<Int32Array> {
  const rows = Array.from({ length: Math.ceil(branches.length / ROW) }, (_, row) => ({
    prompt: last,
    branches: branches.slice(row * ROW, (row + 1) * ROW),
  }));
  const layout = layOut(rows, past);
  const ends = layout.branchStart.flatMap((starts, row) =>
    starts.map((start, i) => start + (rows[row]?.branches[i]?.length ?? 0) - 1),
  );
  const { tokens, top } = tf.tidy(() => {
    const logits = network.logits(network.run(layout, null, cache).hidden, ends);
    return { tokens: tf.argMax(logits, 1), top: tf.max(logits) };
  });
  const [ids, [largest]] = await Promise.all([tokens.data<'int32'>(), top.data<'float32'>()]);
  tf.dispose([tokens, top]);
  if (!Number.isFinite(largest)) {
    throw new AgentError('runtime', 'the model computed no number', {
      expected: 'logits',
      got: String(largest),
      next: 'the weights probably hold NaN or infinite values: check the training run that wrote them',
    });
  }
  return ids;
}
