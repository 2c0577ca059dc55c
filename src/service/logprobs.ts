/** Log-probabilities as OpenAI's API gives them. */
import type { VisionLanguageModel } from '../model/index.js';
import type { Outcome } from './model-answers.js';

interface Likely {
  readonly token: string;
  /** Natural. */
  readonly logprob: number;
  /** The token in UTF-8. */
  readonly bytes: readonly number[];
}

export interface TokenLogprob extends Likely {
  readonly top_logprobs: readonly Likely[];
}

/** Of one token of free text: what the model gave it, and the `top` likeliest in its place. */
export function tokenLogprob(
  { tokenizer }: VisionLanguageModel,
  token: number,
  logits: Float32Array,
  top: number,
): TokenLogprob {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  const likely = (id: number): Likely => {
    return entry(tokenizer.decode([id]), (logits[id] as number) - highest - Math.log(sum));
  };
  return { ...likely(token), top_logprobs: highestOf(logits, top).map(likely) };
}

/**
 * Of an answer by scoring: one entry for the choice as a whole, its end included, and the `top` likeliest choices.
 * Empty for free text.
 */
export function choiceLogprobs({ scored }: Outcome, top: number): TokenLogprob[] {
  if (!scored) return [];
  const { chosen, choices, scores } = scored;
  const likely = (index: number): Likely => entry(choices[index] as string, scores[index] as number);
  return [{ ...likely(chosen), top_logprobs: highestOf(scores, top).map(likely) }];
}

function entry(token: string, logprob: number): Likely {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

/** Indices of the highest values, the highest first; the lower index first among equals. */
function highestOf(values: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length && count > 0; i++) {
    const value = values[i] as number;
    if (best.length === count && value <= (values[best.at(-1) as number] as number)) continue;
    const place = best.findIndex((other) => (values[other] as number) < value);
    best.splice(place < 0 ? best.length : place, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}
