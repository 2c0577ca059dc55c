/** A checkpoint that reads instructions, made to begin by recalling what an action is called. */
import { AgentError } from '../../../core/index.js';
import type { VisionLanguageModel } from '../../../model/index.js';
import { mark } from '../instructions/layout.js';
import { recallDecoder } from './decoder.js';

/** The mark of a dash stands alone in its token, and so is large where a start has set it. */
const MARKED = 1;

/**
 * Sets the heads of a loaded model. Throws `config` where it has no room for them, `usage` where it did not begin with
 * instructions: there the heads would find nothing.
 */
export function beginToRecall({ network, tokenizer }: VisionLanguageModel, where: string): void {
  const { parameters, config } = network;
  const [dash] = tokenizer.encode('-');
  const embedding = parameters.get('language.embedding');
  const width = embedding.shape.at(-1) as number;
  const value = embedding.dataSync<'float32'>()[(dash as number) * width + mark('isDash')] ?? 0;
  if (width <= mark('isDash') || value < MARKED) {
    throw new AgentError('usage', 'this checkpoint did not begin by reading instructions, so it cannot learn aims', {
      expected: 'one whose start has `things: { instructions: true }`, such as models/pae-lamm-objects',
      where,
      next: 'begin with such a checkpoint, or take `aims` out of the recipe',
    });
  }
  recallDecoder(parameters, config.text);
}
