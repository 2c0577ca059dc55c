/** What should be answered in a decision, as tokens and what is right at each. */
import type { Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { WeightedToken } from '../../model/learning/index.js';
import { answerTargets } from './answer-targets.js';
import { drawIndex, type Sample } from './draw-sample.js';

export interface TaughtAnswer {
  readonly tokens: readonly number[];
  /** What is right at each token. */
  readonly targets: readonly (readonly WeightedToken[])[];
}

/** The answer to a decision, by what the prompt calls the emulator's actions. */
export type AnswerOf = (sample: Sample<Dataset>, names: readonly string[]) => TaughtAnswer;

/**
 * Answers drawn by the labeller's probabilities, its whole distribution right at each token.
 * @param written the tokens of each action's answer; its name and the end where left out.
 */
export function labelledAnswers(
  model: VisionLanguageModel,
  random: Random,
  written = (names: readonly string[]): readonly (readonly number[])[] => names.map((name) => model.answer(name)),
): AnswerOf {
  return ({ dataset, index }, names) => {
    const answers = written(names);
    const { label, probabilities } = dataset.step(index);
    const weights = names.map((_, action) => probabilities?.[action] ?? (action === label ? 1 : 0));
    const chosen = drawIndex(weights, random);
    return { tokens: answers[chosen] as readonly number[], targets: answerTargets(answers, weights, chosen) };
  };
}

/** Rows of one length are computed packed; what fills up is read and not asked for. */
export function fillUp(answers: readonly TaughtAnswer[]): TaughtAnswer[] {
  const longest = Math.max(...answers.map(({ tokens }) => tokens.length));
  return answers.map(({ tokens, targets }) => {
    const filling = new Array<number>(longest - tokens.length).fill(tokens.at(-1) as number);
    return { tokens: [...tokens, ...filling], targets: [...targets, ...filling.map(() => [])] };
  });
}
