/** `agent language` on a shipped model. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
