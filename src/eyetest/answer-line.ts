/** What is kept of a question and its answer: one line of answers.jsonl. */
import { z } from 'zod';
import { UNUSABLE_ANSWERS } from '../agent/index.js';

const tokens = z.number().nonnegative().exactOptional();
const usage = z.strictObject({
  promptTokens: tokens,
  cachedTokens: tokens,
  answerTokens: tokens,
  reasoningTokens: tokens,
});

export const answerLineSchema = z.strictObject({
  test: z.string(),
  /** Of the test's questions, from 0. */
  trial: z.int().nonnegative(),
  level: z.number().positive(),
  /** Index of the wording. */
  wording: z.int().nonnegative(),
  choices: z.array(z.string()).min(2),
  /** Index of the right choice. */
  answer: z.int().nonnegative(),
  /** Hash of the pictures, which follow from the run's seed. */
  pictures: z.string(),
  /** Index of what was chosen; null where nothing could be read. */
  chosen: z.int().nonnegative().nullable(),
  /** Why nothing was chosen: what the parser says, or what the service says. */
  unusable: z.enum([...UNUSABLE_ANSWERS, 'empty', 'no-match', 'illegal', 'ambiguous']).nullable(),
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

export type AnswerLine = z.infer<typeof answerLineSchema>;
