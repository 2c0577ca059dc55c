/**
 * Answers to many pixel queries about one picture. The picture and the common beginning go through the network once;
 * their keys and values serve all queries, which lie side by side in batches and grow by a token a pass.
 */
import type { Frame } from '../../core/nd-array.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import type { Tokenizer } from '../../model/text/index.js';
import { PIXEL_PROMPT, type Place } from '../tasks/pixels.js';
import { RowBuilder } from '../tasks/row-builder.js';
import { continueEach, PASS, readBeginning } from './continue-each.js';

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
  using beginning = readBeginning(network, rows.prompt(PIXEL_PROMPT), preprocess(frame, processing).data);
  const answers: string[] = [];
  for (let first = 0; first < places.length; first += PASS) {
    signal?.throwIfAborted();
    const given = places.slice(first, first + PASS).map((place) => rows.place(place));
    const tokens = await continueEach(network, tokenizer, beginning, given);
    answers.push(...tokens.map((ids) => tokenizer.decode(ids)));
    onProgress?.(answers.length);
    // Between passes the process may look at its signals.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return answers;
}
