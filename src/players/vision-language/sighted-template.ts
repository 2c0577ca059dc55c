/** The answer of a game with sights as a template of tokens: which are given, and where a number is to be chosen. */
import { writeSighted } from '../../agent/sighted-answer.js';
import type { Template, TemplatePart, VisionLanguageModel } from '../../model/index.js';

/** The numbers that can be written: a picture has hardly more rows and columns than this for a model here. */
const NUMBERS = Array.from({ length: 256 }, (_, number) => number);

type Choice = Extract<TemplatePart, { kind: 'choice' }>;

/** What an answer is made of: numbers by name in order, and then one of the actions. Of a game, or of a schema. */
export interface AnswerForm {
  readonly sights: readonly { readonly name: string }[];
  readonly actions: readonly { readonly name: string }[];
}

/**
 * The template in which every number is one token, with the signs around it that the tokenizer puts into the same token
 * (`[80`, `,95`, `,0]`); the place of a token in `among` is the number that it says. Undefined for a tokenizer that
 * cuts answers otherwise, digit by digit for instance.
 */
export function sightedTemplate(model: VisionLanguageModel, { sights, actions }: AnswerForm): Template | undefined {
  const encode = (numbers: readonly number[], action = '') => model.tokenizer.encode(writeSighted(numbers, action));
  const zeros = sights.map(() => 0);
  const plain = encode(zeros);
  const parts = plain.map((token): TemplatePart => ({ kind: 'given', tokens: [token] }));
  for (const sight of sights.keys()) {
    const written = NUMBERS.map((number) => encode(zeros.with(sight, number)));
    const place = plain.findIndex((token, i) => token !== written[1]?.[i]);
    if (place < 0) return undefined;
    parts[place] = { kind: 'choice', among: written.map((tokens) => tokens[place] as number) };
  }
  // A tokenizer may join what stands side by side, so whole answers are compared: each number in each place.
  const fits = (numbers: readonly number[], action: string) =>
    `${encode(numbers, action)}` === `${[...fillIn(parts, numbers), ...model.tokenizer.encode(action)]}`;
  const isOwnToken = choicesOf(parts).every(({ among }) => new Set(among).size === NUMBERS.length);
  const isWhole =
    isOwnToken &&
    actions.every(({ name }) => fits(zeros, name)) &&
    NUMBERS.every((number) =>
      fits(
        zeros.map((_, sight) => (number + 85 * sight) % NUMBERS.length),
        actions[0]?.name ?? '',
      ),
    );
  return isWhole ? { parts, endings: actions.map(({ name }) => model.answer(name)) } : undefined;
}

/** The numbers that the chosen tokens of a sighted template say. */
export function numbersOf({ parts }: Template, chosen: readonly number[]): number[] {
  return choicesOf(parts).map(({ among }, i) => among.indexOf(chosen[i] as number));
}

function choicesOf(parts: readonly TemplatePart[]): Choice[] {
  return parts.filter((part) => part.kind === 'choice');
}

function fillIn(parts: readonly TemplatePart[], numbers: readonly number[]): number[] {
  let next = 0;
  return parts.flatMap((part) => (part.kind === 'given' ? part.tokens : [part.among[numbers[next++] as number] ?? -1]));
}
