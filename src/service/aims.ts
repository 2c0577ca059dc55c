/**
 * Answers of a checkpoint that says its aim before the name of an action (`says_aims`). To a client the aim is a
 * thought: it is no part of the answer. Where a prompt has no list of actions, such a checkpoint answers as any other
 * does.
 */
import type { Prompt, VisionLanguageModel } from '../model/index.js';
import type { Template } from '../model/inference/fill.js';
import { aimedTemplateIn, hasActions } from '../players/vision-language/aim.js';

/** The prompts with the likeliest aim behind them, where one is to be said. */
export async function behindAims(model: VisionLanguageModel, prompts: readonly Prompt[]): Promise<readonly Prompt[]> {
  if (!model.config.saysAims) return prompts;
  const aimed = prompts.filter(({ tokens }) => hasActions(model.tokenizer.decode(tokens)));
  const said = await model.generate(aimed, { maxTokens: 1 });
  const aims = new Map(aimed.map((prompt, i) => [prompt, said[i]?.tokens ?? []]));
  return prompts.map((prompt) => ({ ...prompt, tokens: [...prompt.tokens, ...(aims.get(prompt) ?? [])] }));
}

/**
 * The log-probability of each choice. Behind the likeliest aim, and cut where it is told from the others, where the
 * model says one and the prompt's list of actions has a line for every choice; else in full.
 */
export async function scoresOf(
  model: VisionLanguageModel,
  prompts: readonly Prompt[],
  choices: readonly string[],
): Promise<number[][]> {
  if (!model.config.saysAims) return model.score(prompts, choices);
  const groups = new Map<string, { template: Template | undefined; prompts: Prompt[] }>();
  for (const prompt of prompts) {
    const template = aimedTemplateIn(model, model.tokenizer.decode(prompt.tokens), choices);
    const key = JSON.stringify(template);
    const group = groups.get(key) ?? { template, prompts: [] };
    groups.set(key, group);
    group.prompts.push(prompt);
  }
  const scores = new Map<Prompt, number[]>();
  for (const { template, prompts: alike } of groups.values()) {
    const own = template
      ? (await model.fill(alike, template)).map((filled) => [...filled.scores])
      : await model.score(alike, choices);
    alike.forEach((prompt, i) => {
      scores.set(prompt, own[i] as number[]);
    });
  }
  return prompts.map((prompt) => scores.get(prompt) as number[]);
}
