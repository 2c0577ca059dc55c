/** What is kept of a question and its answer: one line of answers.jsonl. */
import { z } from 'zod';
import { type Answer, parseAction, UNUSABLE_ANSWERS } from '../agent/index.js';

const tokens = z.number().nonnegative().exactOptional();
const usage = z.strictObject({
  promptTokens: tokens,
  cachedTokens: tokens,
  answerTokens: tokens,
  reasoningTokens: tokens,
});

/** What was said, whatever was asked. */
export const saidSchema = z.strictObject({
  /** The answer's text; null of players that answer with actions. */
  raw: z.string().nullable(),
  scores: z.array(z.number()).exactOptional(),
  reasoning: z.string().exactOptional(),
  usage: usage.exactOptional(),
  /** As in a record of an episode. */
  service: z
    .looseObject({ cost: z.number().nullable(), requests: z.number(), latencyMs: z.number(), isCached: z.boolean() })
    .exactOptional(),
});

/** Why nothing could be used of an answer: what the parser says, or what the service says. */
export const unusableSchema = z.enum([...UNUSABLE_ANSWERS, 'empty', 'no-match', 'illegal', 'ambiguous']);

export const answerLineSchema = z.strictObject({
  test: z.string(),
  /** Left out where it was asked in words that any model understands. */
  form: z.literal('trained').exactOptional(),
  /** Of the test's questions, from 0. */
  trial: z.int().nonnegative(),
  level: z.number().positive(),
  /** Index of the wording; the form that was trained has one, 0. */
  wording: z.int().nonnegative(),
  choices: z.array(z.string()).min(2),
  /** Index of the right choice. */
  answer: z.int().nonnegative(),
  /** Hash of the pictures, which follow from the run's seed. */
  pictures: z.string(),
  /** Index of what was chosen; null where nothing could be read. */
  chosen: z.int().nonnegative().nullable(),
  unusable: unusableSchema.nullable(),
  ...saidSchema.shape,
});

export type Said = z.infer<typeof saidSchema>;
export type Unusable = z.infer<typeof unusableSchema>;
export type AnswerLine = z.infer<typeof answerLineSchema>;

/** Which of the choices an answer names. */
export function choiceOf(
  answer: Answer,
  actions: Parameters<typeof parseAction>[1],
): Pick<AnswerLine, 'chosen' | 'unusable'> {
  if (answer.kind === 'action') return { chosen: answer.action as number, unusable: null };
  if (answer.kind === 'unusable') return { chosen: null, unusable: answer.outcome };
  const parse = parseAction(answer.kind === 'text' ? answer.raw : '', actions);
  return parse.ok ? { chosen: parse.action, unusable: null } : { chosen: null, unusable: parse.reason };
}
