/** Tables of measured models that can grow: a model's rows are put beside those of other models and trainings. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { AgentError, writeFileAtomic } from '../../core/index.js';

/** What tells whose a row is. */
interface MeasuredRow {
  readonly model: string;
  /** Of the training, where it is told. */
  readonly seed: number | null;
}

/** Paired differences of models that were measured together. */
interface PairedRow {
  readonly seed: number | null;
}

interface MeasuredTable {
  readonly rows: readonly MeasuredRow[];
  readonly paired?: readonly PairedRow[];
}

const seed = z.number().nullable().default(null);
const tableSchema = z.object({
  rows: z.array(z.looseObject({ model: z.string(), seed })),
  paired: z.array(z.looseObject({ seed })).exactOptional(),
});

/**
 * Writes a table as JSON. With `append` the file's rows of other models and seeds stay before them, and so do paired
 * differences of other seeds; those of the same were measured again. Rejects with `usage` where the file is no table.
 */
export async function writeMeasured(
  file: string,
  table: MeasuredTable,
  { append }: { readonly append: boolean },
): Promise<void> {
  const written = append ? added(await readTable(file), table) : table;
  await writeFileAtomic(resolve(file), `${JSON.stringify(written, null, 1)}\n`);
}

function added(before: MeasuredTable, table: MeasuredTable): MeasuredTable {
  const measured = new Set(table.rows.map(keyOf));
  const rows = [...before.rows.filter((row) => !measured.has(keyOf(row))), ...table.rows];
  const seeds = new Set(table.rows.map((row) => row.seed));
  const paired = [...(before.paired ?? []).filter((pair) => !seeds.has(pair.seed)), ...(table.paired ?? [])];
  return before.paired || table.paired ? { ...table, rows, paired } : { ...table, rows };
}

async function readTable(file: string): Promise<MeasuredTable> {
  const text = await readFile(resolve(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"rows":[]}';
    throw error;
  });
  try {
    return tableSchema.parse(JSON.parse(text));
  } catch {
    throw new AgentError('usage', 'rows can only be added to a table of models', {
      expected: '{"rows": [{"model": "NAME", "seed": NUMBER, …}, …]}',
      got: text.slice(0, 60),
      where: file,
      next: 'name another file with --table, or leave --append out and give --overwrite to replace this one',
    });
  }
}

function keyOf({ model, seed }: MeasuredRow): string {
  return JSON.stringify([model.replace(/: features$/, ''), seed]);
}
