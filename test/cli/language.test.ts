/** `agent language` on a shipped model, and tables of models that grow. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeMeasured } from '../../src/cli/shared/measured-table.js';
import { agent, scratchFolder } from './agent-command.js';

it('tells questions by kind, boxes and instructions, and writes them as a table', { timeout: 240_000 }, async () => {
  const table = join(await scratchFolder(), 'table.json');
  const args = ['--model', 'pae-lamm-mini', '--count', '7', '--seed', '4', '--table', table, '--quiet'];
  const shown = await agent(['language', ...args]);
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
  expect(shown.stdout).toMatch(/relation +\d+\.\d % +always the commonest answer +100\.0 %/);
  const { rows } = JSON.parse(await readFile(table, 'utf8')) as { rows: Record<string, unknown>[] };
  expect(rows).toMatchObject([{ model: 'pae-lamm-mini', seed: 4, count: 7, retrieval: null, readout: null }]);
  expect(Object.keys(rows[0]?.by_kind as object)).toHaveLength(7);
  for (const share of ['questions', 'commonest', 'boxes', 'swapped']) {
    expect(rows[0]?.[share]).toBeGreaterThanOrEqual(0);
    expect(rows[0]?.[share]).toBeLessThanOrEqual(1);
  }
});

it('adds rows to a table that has other models, and replaces those that are measured again', async () => {
  const table = join(await scratchFolder(), 'table.json');
  const others = [
    { model: 'other', seed: 4, questions: 0.5 },
    { model: 'pae-lamm-mini', seed: 5, questions: 0.25 },
  ];
  await writeFile(table, JSON.stringify({ rows: [{ model: 'pae-lamm-mini', seed: 4, questions: 2 }, ...others] }));
  await writeMeasured(table, { rows: [{ model: 'pae-lamm-mini', seed: 4 }] }, { append: true });
  expect(JSON.parse(await readFile(table, 'utf8'))).toEqual({ rows: [...others, { model: 'pae-lamm-mini', seed: 4 }] });
  // What a linear map reads in a model's features is of that model.
  await writeMeasured(table, { rows: [{ model: 'other: features', seed: 4 }] }, { append: true });
  await writeMeasured(table, { rows: [{ model: 'other', seed: 4 }] }, { append: true });
  const { rows } = JSON.parse(await readFile(table, 'utf8')) as { rows: { model: string }[] };
  expect(rows.map(({ model }) => model)).toEqual(['pae-lamm-mini', 'pae-lamm-mini', 'other']);
});

it('makes paired differences of a seed anew, and keeps those of other seeds', async () => {
  const table = join(await scratchFolder(), 'table.json');
  const written = async (seed: number, difference: number) => {
    const rows = ['a', 'b'].map((model) => ({ model, seed }));
    const paired = [{ seed, a: 'a', b: 'b', difference }];
    await writeMeasured(table, { rows, paired }, { append: true });
    return JSON.parse(await readFile(table, 'utf8')) as { rows: object[]; paired: { difference: number }[] };
  };
  await written(1, 10);
  await written(2, 20);
  const { rows, paired } = await written(1, 11);
  expect(rows).toHaveLength(4);
  expect(paired.map(({ difference }) => difference)).toEqual([20, 11]);
});

it.each(['', '{}', '[1]', '{"rows":[{"seed":1}]}'])('adds nothing to a file that is no table: %s', async (text) => {
  const table = join(await scratchFolder(), 'table.json');
  await writeFile(table, text);
  await expect(writeMeasured(table, { rows: [] }, { append: true })).rejects.toMatchObject({ code: 'usage' });
  expect(await readFile(table, 'utf8')).toBe(text);
});
