/** `agent features` on the shipped CLIP and on a model's eye. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FeatureRow } from '../../src/training/readout/index.js';
import { agent, scratchFolder } from './agent-command.js';

it('says what a linear map reads beside chance, and of a CLIP what it finds', { timeout: 240_000 }, async () => {
  const table = join(await scratchFolder(), 'table.json');
  const shown = await agent([
    'features',
    'clip-objects',
    'pae-lamm-mini',
    '--scenes',
    '30',
    '--table',
    table,
    '--quiet',
  ]);
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
  expect(shown.stdout).toMatch(/colour +object +\d+\.\d % \(chance +\d+\.\d %\) +picture/);
  expect(shown.stdout).toMatch(/among 256 the right picture is first for +\d+\.\d %/);
  const { rows } = JSON.parse(await readFile(table, 'utf8')) as { rows: FeatureRow[] };
  expect(rows).toMatchObject([
    { model: 'clip-objects', layer: 5, retrieval: { pictures: 256 } },
    { model: 'pae-lamm-mini', layer: 5, retrieval: null },
  ]);
  for (const { readout, tested } of rows) {
    expect(tested).toBeGreaterThan(20);
    expect(Object.keys(readout)).toEqual(['colour', 'shape', 'size', 'pattern', 'place']);
  }
  // By chance one of 256 is right.
  expect(rows[0]?.retrieval?.textToImage.first).toBeGreaterThan(0.1);
});

it('refuses a layer and a model that there are not', { timeout: 120_000 }, async () => {
  for (const [args, reason] of [
    [['clip-objects', '--layer', '9'], /no such layer/],
    [['clip-objects', '--layer', 'last'], /no such layer/],
    [['clip-gigantic'], /no such model/],
  ] as const) {
    const { exitCode, stderr } = await agent(['features', ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/ {4}at /);
  }
});
