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

const rowSchema = z.looseObject({ model: z.string(), seed: z.number().nullable().default(null) });
const tableSchema = z.looseObject({ rows: z.array(rowSchema) });

/**
 * Rows that a table has already, but for those of the models and seeds that `rows` are of: these were measured again.
 * None where there is no such file. Rejects with `usage` where the file is no table of models.
 */
export async function rowsOfOthers(file: string, rows: readonly MeasuredRow[]): Promise<MeasuredRow[]> {
  const text = await readFile(resolve(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return [];
  const measured = new Set(rows.map(keyOf));
  return parse(text, file).filter((row) => !measured.has(keyOf(row)));
}

/** Writes `{"rows": [...], ...rest}`; with `append` after the rows of other models that the file has. */
export async function writeMeasured(
  file: string,
  { rows, ...rest }: { readonly rows: readonly MeasuredRow[] },
  { append }: { readonly append: boolean },
): Promise<void> {
  const others = append ? await rowsOfOthers(file, rows) : [];
  await writeFileAtomic(resolve(file), `${JSON.stringify({ rows: [...others, ...rows], ...rest }, null, 1)}\n`);
}

function parse(text: string, file: string): MeasuredRow[] {
  try {
    return tableSchema.parse(JSON.parse(text)).rows;
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
