/** A checkpoint ready to answer pixel queries. */
import { readImageProcessing } from '../../model/image/index.js';
import { Network } from '../../model/network/network.js';
import { Tokenizer } from '../../model/text/index.js';
import type { Answerer } from './answer-pixels.js';

/** Loads a checkpoint; whoever loads it disposes of it. Rejects with `checkpoint`. */
export async function loadAnswerer(folder: string): Promise<Answerer & Disposable> {
  const [tokenizer, processing] = await Promise.all([Tokenizer.load(folder), readImageProcessing(folder)]);
  const network = await Network.load(folder);
  return { network, tokenizer, processing, [Symbol.dispose]: () => network[Symbol.dispose]() };
}
