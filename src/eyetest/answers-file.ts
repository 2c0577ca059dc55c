/** The folder of an eye test: what was planned, and every question with its answer, as they come. */
import { appendFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError, makeFolder, readText, systemCode, writeFileAtomic } from '../core/index.js';
import { type AnswerLine, answerLineSchema } from './answer-line.js';

export const PLAN_FILE = 'eyetest.json';
/** Answers with choices, and answers with numbers. */
export const ANSWERS_FILE = 'answers.jsonl';
export const NUMBERS_FILE = 'numbers.jsonl';
/** Of a whole run: a few thousand lines of a few kilobytes. */
const MAX_BYTES = 256 * 2 ** 20;

const planSchema = z.strictObject({
  format: z.literal(1),
  /** As `--model` named it. */
  model: z.string(),
  provenance: z.record(z.string(), z.json()),
  seed: z.int().nonnegative(),
  side: z.int().min(32).max(2048),
  each: z.int().positive().nullable(),
  most: z.int().positive(),
  tests: z.array(z.string()).min(1),
  /** How a checkpoint in this process answers, as `agent play --play answers=` says it. */
  answers: z.enum(['scored', 'written']).default('scored'),
  /** Questions of a test with numbers, at most. */
  numbers: z.int().positive().default(40),
  /** Whether it is a checkpoint in this process, which is asked in the form that it was trained on too. */
  checkpoint: z.boolean().default(false),
  /** Part of what a test asks that has to be usable; the first plans did not say it. */
  usable: z.number().min(0).max(1).default(0.75),
  versions: z.record(z.string(), z.string()),
});

export type EyePlanFile = z.infer<typeof planSchema>;

/** What the folder of an eye test planned. Rejects with `record` where it is none. */
export async function readPlan(folder: string): Promise<EyePlanFile> {
  const where = join(folder, PLAN_FILE);
  const text = await readText(where).catch((cause: unknown) => {
    throw broken(where, 'the folder of an eye test', 'no such file', cause);
  });
  return parse(planSchema, text, where);
}

export async function writePlan(folder: string, plan: z.input<typeof planSchema>): Promise<void> {
  await makeFolder(folder);
  await writeFileAtomic(join(folder, PLAN_FILE), `${JSON.stringify(planSchema.parse(plan), null, 1)}\n`);
}

/** The answers with choices. */
export function readAnswers(folder: string): Promise<AnswerLine[]> {
  return readLines(folder, ANSWERS_FILE, answerLineSchema);
}

/** All whole lines; a last one that was cut off when a run was killed is left out, and asked again. */
export async function readLines<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T[]> {
  const file = join(folder, name);
  const text = await readText(file, { maxBytes: MAX_BYTES }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, i) => parse(schema, line, `${file}:${i + 1}`));
}

/** Takes a last line away that was cut off. */
export async function mendLines(folder: string, name: string): Promise<void> {
  const file = join(folder, name);
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) await truncate(file, whole);
}

export async function appendLine(folder: string, name: string, line: object): Promise<void> {
  await appendFile(join(folder, name), `${JSON.stringify(line)}\n`);
}

function parse<T>(schema: z.ZodType<T>, text: string, where: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const got = problem ? `${problem.path.join('.')}: ${problem.message}` : 'no JSON';
    throw broken(where, 'what agent eyetest wrote', got, cause);
  }
}

function broken(where: string, expected: string, got: string, cause: unknown): AgentError {
  const next = 'name a folder that agent eyetest wrote, or begin anew in another';
  return new AgentError('record', 'this is no eye test', { expected, got, where, next, cause });
}
