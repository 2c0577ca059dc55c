/** What was scored in games, out of the tables that `agent eval`, `agent experiment` and `agent sights` write. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { AgentError, readText } from '../../core/index.js';

/** One number of one player: of one training where the table has several. */
export interface PlayedScore {
  /** What is compared with what: the game, how it was learnt, and what is counted. */
  readonly measure: string;
  readonly policy: string;
  readonly value: number;
}

const share = z.object({ share: z.number().nullable() });
const evaluated = z.object({
  ...{ game: z.string(), policy: z.string(), mean: z.number().nullable() },
  clock: z.number().exactOptional(),
});
const trained = z.object({
  ...{ game: z.string(), model: z.string(), demonstrator: z.string(), mean: z.number().nullable() },
  budget: z.union([z.int(), z.literal('all')]),
  training_seed: z.union([z.int(), z.literal('all')]),
});
const sighted = z.object({
  ...{ game: z.string(), policy: z.string(), as_taught: share },
  sights: z.array(z.object({ name: z.string(), near: share })),
});
const tableSchema = z.object({ rows: z.array(z.union([trained, sighted, evaluated])).min(1) });
type Row = z.output<typeof tableSchema>['rows'][number];

/**
 * Scores of several tables, each file once; rows without one are left out. Rejects with `usage` where a file is none of
 * these tables, and where two of them score the same player in the same game: only an experiment has trainings.
 */
export async function readScores(files: readonly string[]): Promise<PlayedScore[]> {
  const scores: PlayedScore[] = [];
  const known = new Map<string, string>();
  for (const file of new Set(files.map((each) => resolve(each)))) {
    const { rows } = await readTable(file);
    for (const score of rows.flatMap((row) => scoresOf(row))) {
      const name = JSON.stringify([score.policy, score.measure]);
      const before = known.get(name);
      if (before !== undefined && (before !== file || !rows.some((row) => 'demonstrator' in row))) {
        throw twice(score, before, file);
      }
      known.set(name, file);
      scores.push(score);
    }
  }
  return scores;
}

async function readTable(file: string): Promise<z.output<typeof tableSchema>> {
  const text = await readText(file).catch((cause: unknown) => {
    throw refused(file, cause instanceof Error ? cause.message : String(cause));
  });
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw refused(file, 'no JSON');
  }
  const parsed = tableSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [problem] = parsed.error.issues;
  throw refused(file, `${problem?.path.join('.') || 'the whole'}: ${problem?.message}`);
}

function scoresOf(row: Row): PlayedScore[] {
  if ('demonstrator' in row) {
    // Means over trainings and budgets are not trainings.
    if (row.mean === null || row.budget === 'all' || row.training_seed === 'all') return [];
    const measure = `score in ${row.game}, learnt from ${row.budget} episodes of ${row.demonstrator}`;
    return [{ measure, policy: row.model, value: row.mean }];
  }
  if ('sights' in row) {
    const told = row.sights.map(({ name, near }) => ({ measure: `${name} told right in ${row.game}`, ...near }));
    const all = [...told, { measure: `does as taught in ${row.game}`, ...row.as_taught }];
    return all.flatMap(({ measure, share: value }) => (value === null ? [] : [{ measure, policy: row.policy, value }]));
  }
  const clock = row.clock === undefined ? '' : ` at ${row.clock} times its speed`;
  return row.mean === null ? [] : [{ measure: `score in ${row.game}${clock}`, policy: row.policy, value: row.mean }];
}

function refused(file: string, got: string): AgentError {
  return new AgentError('usage', 'the table of scores cannot be read', {
    expected: 'a table with rows: results.json of agent eval, table.json of agent experiment, or that of agent sights',
    got,
    where: file,
    next: 'name one of these files with --scores',
  });
}

function twice({ policy, measure }: PlayedScore, before: string, file: string): AgentError {
  return new AgentError('usage', 'two scores of the same player in the same game', {
    expected: 'one table that scores it, or the trainings of one experiment',
    got: `${policy}, ${measure}, in ${before === file ? 'two rows' : before} too`,
    where: file,
    next: 'name one of the tables',
  });
}
