/**
 * How a model writes the answer of a game with sights: the numbers one after another, then the action that it finds
 * likeliest behind them. The answer is always in form, whatever the model is.
 */

import type { Game } from '../../agent/game/game.js';
import { splitSighted, writeSighted } from '../../agent/sighted-answer.js';
import type { Prompt, VisionLanguageModel } from '../../model/index.js';
import { type AnswerForm, numbersOf, sightedTemplate } from './sighted-template.js';

/** An answer, and the log-probabilities of the actions' names behind what stands before them, by index. */
export interface ScoredAnswer {
  readonly raw: string;
  readonly scores: readonly number[];
  /** What the model wants to do, where it says so first. */
  readonly reasoning?: string;
}

export type SightedWriter<F extends AnswerForm = Game> = (
  form: F,
  prompts: readonly Prompt[],
) => Promise<ScoredAnswer[]>;

/** Room for six numbers of three digits and their signs. */
const FREE_TOKENS = 26;

/** Writes answers by a model; what the tokenizer makes of a game's answers is worked out once for each form. */
export function sightedWriter(model: VisionLanguageModel): SightedWriter<AnswerForm> {
  const templates = new WeakMap<AnswerForm, ReturnType<typeof sightedTemplate>>();
  return async (form, prompts) => {
    if (!templates.has(form)) templates.set(form, sightedTemplate(model, form));
    const template = templates.get(form);
    if (!template) return writeFreely(model, form, prompts);
    const filled = await model.fill(prompts, template);
    return filled.map(({ chosen, scores }) => ({
      raw: writeSighted(numbersOf(template, chosen), likeliestName(form, scores)),
      scores,
    }));
  };
}

/** The name of the action with the highest score. */
export function likeliestName({ actions }: Pick<AnswerForm, 'actions'>, scores: readonly number[]): string {
  return actions[scores.indexOf(Math.max(...scores))]?.name as string;
}

/**
 * Token by token, for tokenizers that cut numbers into pieces. Only the numbers are free: the action is scored behind
 * them, or by itself where what was written is no list of as many numbers as the game asks for.
 */
async function writeFreely(
  model: VisionLanguageModel,
  form: AnswerForm,
  prompts: readonly Prompt[],
): Promise<ScoredAnswer[]> {
  const written = await model.generate(prompts, { maxTokens: FREE_TOKENS, stop: [']'] });
  const begun = written.map(({ text }) => {
    const { sights } = splitSighted(form, `${text}]`);
    return sights ? writeSighted(sights, '') : '';
  });
  const scores = await model.score(
    prompts.map(({ tokens, frames }, i) => ({
      tokens: [...tokens, ...model.tokenizer.encode(begun[i] as string)],
      frames,
    })),
    form.actions.map(({ name }) => name),
  );
  return scores.map((ofActions, i) => ({ raw: `${begun[i]}${likeliestName(form, ofActions)}`, scores: ofActions }));
}
