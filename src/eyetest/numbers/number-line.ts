/** What is kept of a question that is answered with numbers: one line of numbers.jsonl. */
import { z } from 'zod';
import { saidSchema, unusableSchema } from '../answer-line.js';

/** `asked`: in words that any model understands; `trained`: as checkpoints of this project learn it. */
export const FORMS = ['asked', 'trained'] as const;

export const numberLineSchema = z.strictObject({
  test: z.string(),
  form: z.enum(FORMS),
  /** Of the test's questions, from 0. */
  trial: z.int().nonnegative(),
  /** Index of the wording; the form that was trained has one, 0. */
  wording: z.int().nonnegative(),
  /** The right numbers. */
  truth: z.array(z.number()).min(1),
  /** Hash of the picture, which follows from the run's seed. */
  pictures: z.string(),
  /** As they were answered; null where they could not be read. */
  numbers: z.array(z.number()).nullable(),
  unusable: unusableSchema.nullable(),
  ...saidSchema.shape,
});

export type NumberLine = z.infer<typeof numberLineSchema>;
export type Form = NumberLine['form'];
