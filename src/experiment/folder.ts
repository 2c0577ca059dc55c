/** An experiment's folder: what it was begun with stands in experiment.json, and nothing else goes on in it. */
import { join } from 'node:path';
import { z } from 'zod';
import {
  AgentError,
  inWords,
  lockForProcess,
  makeFolder,
  readText,
  systemCode,
  writeFileAtomic,
} from '../core/index.js';

export const EXPERIMENT_FILE = 'experiment.json';

const identitySchema = z.strictObject({
  /** The YAML, with every default. */
  config: z.record(z.string(), z.unknown()),
  /** By name in the table: SHA-256 of what the model's answers follow from. */
  models: z.record(z.string(), z.string()),
  /** By name: SHA-256 of the game's rules. */
  games: z.record(z.string(), z.string()),
});

const startSchema = z.strictObject({
  started: z.iso.datetime(),
  version: z.string(),
  /** Of the checkout; null of an installed package. */
  commit: z.string().nullable(),
});

const fileSchema = z.strictObject({ format: z.literal(1), ...identitySchema.shape, starts: z.array(startSchema) });

export type Identity = z.output<typeof identitySchema>;
export type Start = z.output<typeof startSchema>;

/**
 * Takes a new folder, or one in which the same experiment was begun, and notes the start. Resolves to all starts.
 * Rejects with `usage` where another experiment was begun there, saying what differs, and `record` where its file is
 * damaged.
 */
export async function openExperiment(folder: string, identity: Identity, start: Start): Promise<readonly Start[]> {
  await makeFolder(folder);
  const where = join(folder, EXPERIMENT_FILE);
  const before = await readExperiment(where);
  const own = JSON.parse(JSON.stringify(identity)) as Identity;
  if (before !== undefined) {
    const { config, models, games } = before;
    const [first, ...others] = differences({ config, models, games }, own);
    if (first !== undefined) {
      throw new AgentError('usage', 'the folder holds another experiment', {
        expected: `${first.field}: ${first.before}`,
        got: `${first.after}${others.length === 0 ? '' : `; also other: ${others.map(({ field }) => field).join(', ')}`}`,
        where,
        next: 'take the change back, or name another folder with --out: one table is not made of two experiments',
      });
    }
  }
  const starts = [...(before?.starts ?? []), start];
  await writeFileAtomic(where, `${JSON.stringify({ format: 1, ...own, starts }, null, 2)}\n`);
  return starts;
}

/** One process an experiment. Rejects with `usage` where another one has it. */
export function lockExperiment(folder: string): Promise<AsyncDisposable> {
  return lockForProcess(join(folder, 'running.lock'), {
    code: 'usage',
    message: 'this experiment is running',
    expected: 'one process an experiment',
    next: 'wait for it, end it, or name another folder with --out',
  });
}

export interface FieldDifference {
  /** Such as `config.games.0.budgets.3`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** What differs between two values of plain JSON, field by field. */
export function differences(before: unknown, after: unknown, field = ''): FieldDifference[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], field === '' ? name : `${field}.${name}`));
  }
  return Object.is(before, after) ? [] : [{ field, before: shown(before), after: shown(after) }];
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

async function readExperiment(where: string): Promise<z.output<typeof fileSchema> | undefined> {
  try {
    return fileSchema.parse(JSON.parse(await readText(where)));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new AgentError('record', 'the experiment is damaged', {
      expected: 'what `agent experiment` wrote, format 1',
      got: inWords(error).slice(0, 300),
      where,
      next: 'put back a copy of that file, or begin in another folder',
      cause: error,
    });
  }
}
