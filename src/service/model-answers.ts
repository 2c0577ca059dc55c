/** A batch of requests in one form, answered by the model in one call. */
import { splitSighted, writeSighted } from '../agent/index.js';
import type { Random } from '../core/index.js';
import type { Prompt, VisionLanguageModel } from '../model/index.js';
import { pickToken } from '../model/inference/sampling.js';
import { sightedWriter } from '../players/vision-language/sighted-writer.js';
import { behindAims, scoresOf } from './aims.js';
import type { Form } from './answer-form.js';
import { ServiceError } from './service-error.js';

/** What one client asks the model. */
export interface Work {
  readonly prompt: Prompt;
  readonly form: Form;
  /** 0 takes the likeliest. */
  readonly temperature: number;
  readonly random: Random;
  /** Of free text. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly onToken?: (token: number, logits: Float32Array) => void;
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly text: string;
  readonly finish: 'stop' | 'length';
  readonly tokens: number;
  /** Of an answer by scoring: what was chosen and the log-probability of each choice, as `scoresOf` has it. */
  readonly scored?: {
    readonly chosen: number;
    readonly choices: readonly string[];
    readonly scores: readonly number[];
  };
}

/** Answers batches whose forms are one and the same object, or all free. */
export function batchAnswers(model: VisionLanguageModel): (batch: readonly Work[]) => Promise<Outcome[]> {
  const write = sightedWriter(model);
  return async (batch) => {
    const { form } = batch[0] as Work;
    const prompts = batch.map(({ prompt }) => prompt);
    if (form.kind === 'free') {
      const answers = await model.generate(await behindAims(model, prompts), batch);
      return answers.map(({ text, tokens, reason }) => {
        return { text, tokens: tokens.length, finish: reason === 'length' ? 'length' : 'stop' };
      });
    }
    const { sights, actions } = form.parts;
    const choices = actions.map(({ name }) => name);
    if (sights.length === 0) {
      const scores = await scoresOf(model, prompts, choices);
      return scores.map((own, i) => outcome(model, form, batch[i] as Work, [], own));
    }
    const filled = await write(form.parts, prompts);
    return filled.map(({ raw, scores }, i) => {
      const numbers = splitSighted(form.parts, raw).sights;
      if (numbers) return outcome(model, form, batch[i] as Work, numbers, scores);
      throw new ServiceError('the model wrote no numbers of the form that the schema asks for', {
        status: 500,
        code: 'no_answer_in_form',
      });
    });
  };
}

function outcome(
  model: VisionLanguageModel,
  { parts, write }: Extract<Form, { kind: 'scored' }>,
  { temperature, random }: Work,
  numbers: readonly number[],
  scores: readonly number[],
): Outcome {
  const choices = parts.actions.map(({ name }) => name);
  const likeliest = scores.indexOf(Math.max(...scores));
  const chosen = temperature === 0 ? likeliest : pickToken(Float32Array.from(scores), { temperature, random });
  const choice = choices[chosen] as string;
  return {
    text: write(numbers, choice),
    finish: 'stop',
    tokens: model.answer(writeSighted(numbers, choice)).length,
    scored: { chosen, choices, scores },
  };
}

/** Tokens of the longest answer in a form, for each form; of free text the first one alone, which must have room. */
export function answerLengths(model: VisionLanguageModel): (form: Form) => number {
  const known = new WeakMap<Form, number>();
  return (form) => {
    if (form.kind === 'free') return 1;
    const { sights, actions } = form.parts;
    const numbers = sights.map(() => 255);
    // An aim before it, and the name as its line has it.
    const aim = model.config.saysAims ? 2 : 0;
    const length =
      known.get(form) ?? longest(actions.map(({ name }) => model.answer(writeSighted(numbers, name)))) + aim;
    known.set(form, length);
    return length;
  };
}

function longest(answers: readonly (readonly number[])[]): number {
  return answers.reduce((most, { length }) => Math.max(most, length), 0);
}
