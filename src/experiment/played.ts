/** What a finished job leaves: result.json in its folder, which says that it is done. */
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError, inWords, readText, systemCode, writeFileAtomic } from '../core/index.js';
import { EvaluationFolder, isScored } from '../evaluation/index.js';

export const RESULT_FILE = 'result.json';

const count = z.int().nonnegative();
const bySeed = <T extends z.ZodType>(value: T) => z.record(z.string().regex(/^\d+$/), value);
/** Of a job that was not interrupted; null of others, whose time is not known. */
const seconds = z.number().nonnegative().nullable();

/** An evaluation, by seed. */
const playedSchema = z.strictObject({
  scores: bySeed(z.number()),
  /** Why episodes failed. */
  failures: bySeed(z.string()),
  /** The last link of each record's hash chain. */
  chains: bySeed(z.string()),
  checkpoint_sha256: z.string().nullable(),
  commit: z.string().nullable(),
});

const collectedSchema = z.strictObject({
  episodes: count,
  decisions: count,
  /** Of every decision and frame. */
  sha256: z.string(),
  /** Of the demonstrations, noise included. */
  mean: z.number(),
  seconds: z.strictObject({ collecting: seconds }),
});

const trainedSchema = playedSchema.extend({ seconds: z.strictObject({ training: seconds, evaluation: seconds }) });
const referenceSchema = playedSchema.extend({ seconds: z.strictObject({ evaluation: seconds }) });

export const resultSchemas = { collect: collectedSchema, reference: referenceSchema, training: trainedSchema } as const;

export type Played = z.output<typeof playedSchema>;
export type Results = { readonly [K in keyof typeof resultSchemas]: z.output<(typeof resultSchemas)[K]> };
export type JobKind = keyof Results;
export type JobResult = Results[JobKind];

/** Whether episodes failed: such a job is not done, and its evaluation is taken up again by the next start. */
export function hasFailures(result: JobResult): boolean {
  return 'failures' in result && Object.keys(result.failures).length > 0;
}

/**
 * The result of a job; undefined where it is not done. Rejects with `record` where the file cannot be read or is not
 * one of these.
 */
export async function readResult<K extends JobKind>(folder: string, kind: K): Promise<Results[K] | undefined> {
  const where = join(folder, RESULT_FILE);
  try {
    return resultSchemas[kind].parse(JSON.parse(await readText(where))) as Results[K];
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw new AgentError('record', 'the result of a job cannot be read', {
      expected: 'what `agent experiment` wrote',
      got: inWords(error).slice(0, 300),
      where,
      next: 'remove that file: the job is done again',
      cause: error,
    });
  }
}

export function writeResult<K extends JobKind>(folder: string, result: Results[K]): Promise<void> {
  return writeFileAtomic(join(folder, RESULT_FILE), `${JSON.stringify(result, null, 2)}\n`);
}

/** The episodes of an evaluation of one policy. Rejects with `record` where there is none, or seeds are missing. */
export async function readPlayed(folder: string, seeds: readonly number[]): Promise<Played> {
  const evaluation = await EvaluationFolder.open(folder);
  const entry = evaluation?.file.entries[0];
  const outcomes = evaluation && entry ? await evaluation.outcomes(entry) : [];
  const over = outcomes.filter((outcome) => isScored(outcome) || outcome.status === 'failed');
  const known = new Map(over.map((outcome) => [outcome.seed, outcome]));
  const missing = seeds.filter((seed) => !known.has(seed));
  if (missing.length > 0) {
    throw new AgentError('record', 'the evaluation has not come to its end', {
      expected: `${seeds.length} episodes`,
      got: `${seeds.length - missing.length}`,
      where: folder,
      next: 'start the same command again: it goes on',
    });
  }
  const all = seeds.map((seed) => known.get(seed)).filter((outcome) => outcome !== undefined);
  const scored = all.filter(isScored);
  const from = <T>(values: readonly (readonly [number, T])[]): Record<string, T> => Object.fromEntries(values);
  return {
    scores: from(scored.map(({ seed, score }) => [seed, score])),
    failures: from(all.filter((one) => !isScored(one)).map(({ seed, error }) => [seed, error ?? 'no reason told'])),
    chains: from(scored.map(({ seed, chain }) => [seed, chain ?? ''])),
    checkpoint_sha256: joined(scored.map(({ checkpoint }) => checkpoint)),
    commit: joined(scored.map(({ commit }) => commit)),
  };
}

/** Each once; null where there is none. */
function joined(values: readonly (string | null)[]): string | null {
  const known = [...new Set(values.filter((value) => value !== null))];
  return known.length === 0 ? null : known.join(', ');
}
