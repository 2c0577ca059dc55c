/** One answer about one picture, in words: the likeliest token at a time. */
import type { Frame } from '../../core/nd-array.js';
import { preprocess } from '../../model/image/index.js';
import { type Box, parseBox } from '../pictures/index.js';
import { BOX_PROMPT, boxQuery } from '../tasks/language.js';
import { RowBuilder } from '../tasks/row-builder.js';
import type { Answerer } from './answer-pixels.js';
import { continueEach, readBeginning } from './continue-each.js';

/**
 * @param frame of any size: it is preprocessed as the checkpoint says.
 * @param prompt what all questions of this kind begin with; the picture stands in it.
 * @param asked the rest of the question, at least a token.
 */
export async function answerText(
  { network, tokenizer, processing }: Answerer,
  frame: Frame,
  prompt: string,
  asked: string,
): Promise<string> {
  const rows = new RowBuilder(tokenizer, network.image);
  // A beginning ends with a word, not with the picture.
  const [first, ...given] = tokenizer.encode(asked) as [number, ...number[]];
  using beginning = readBeginning(network, [...rows.prompt(prompt), first], preprocess(frame, processing).data);
  const [answer] = await continueEach(network, tokenizer, beginning, [given]);
  return tokenizer.decode(answer ?? []);
}

/** The box of what an expression refers to, in pixels of the model's own picture; undefined where none is answered. */
export async function answerBox(
  answerer: Answerer,
  frame: Frame,
  expression: string,
): Promise<{ raw: string; box: Box | undefined }> {
  const raw = await answerText(answerer, frame, BOX_PROMPT, boxQuery(expression));
  return { raw, box: parseBox(raw) };
}
