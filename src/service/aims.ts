/**
 * Answers of a checkpoint that says its aim before the name of an action (`says_aims`). To a client the aim is a thought:
 * it is no part of the answer.
 */
import type { Prompt, VisionLanguageModel } from '../model/index.js';
import { aimedTemplateIn } from '../players/vision-language/aim.js';

interface Written {
  readonly maxTokens: number;
  readonly onToken?: (token: number, logits: Float32Array) => void;
}

/** Free text whose first token is not told; it takes none of the room that the client gives. */
export function behindAim<W extends Written>(work: W): W {
  let isAim = true;
  const onToken = (token: number, logits: Float32Array): void => {
    if (!isAim) work.onToken?.(token, logits);
    isAim = false;
  };
  return { ...work, maxTokens: work.maxTokens + 1, onToken };
}

/**
 * The log-probability of each choice; behind the likeliest aim where the model says one and the prompt's list of actions
 * has a line for every choice.
 */
export async function scoresOf(
  model: VisionLanguageModel,
  prompts: readonly Prompt[],
  choices: readonly string[],
): Promise<number[][]> {
  if (!model.config.saysAims) return model.score(prompts, choices);
  const scores: number[][] = [];
  for (const prompt of prompts) {
    const template = aimedTemplateIn(model, model.tokenizer.decode(prompt.tokens), choices);
    const [filled] = template ? await model.fill([prompt], template) : [];
    scores.push(filled ? [...filled.scores] : ((await model.score([prompt], choices))[0] as number[]));
  }
  return scores;
}
