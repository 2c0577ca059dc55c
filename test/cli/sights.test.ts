/** `agent sights` on records of the shipped PAE-LaMM, and on runs that it can say nothing of. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SightTable } from '../../src/sights/index.js';
import { agent, scratchFolder } from './agent-command.js';

it('says how often PAE-LaMM is right, as text and as JSON', { timeout: 240_000 }, async () => {
  const folder = await scratchFolder();
  const [run, table] = [join(folder, 'run'), join(folder, 'table.json')];
  const played = await agent(['play', '--game', 'spaceinvaders', '--max-decisions', '40', '--out', run, '--quiet']);
  expect(played).toMatchObject({ exitCode: 0, stderr: '' });
  const shown = await agent(['sights', run, '--table', table, '--quiet']);
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
  expect(shown.stdout).toMatch(/pae-lamm:pae-lamm-spaceinvaders +cannon +1 +\d+ +\d+\.\d %/);
  const { rows, paired } = JSON.parse(await readFile(table, 'utf8')) as SightTable;
  expect(rows).toMatchObject([{ policy: 'pae-lamm:pae-lamm-spaceinvaders', decisions: 40, silent: 0 }]);
  expect(paired).toEqual([]);
  const cannon = rows[0]?.sights[0];
  expect(cannon).toMatchObject({ name: 'cannon' });
  expect(cannon?.there).toBeGreaterThan(20);
  expect(cannon?.near.share).toBeGreaterThan(0.9);
});

it('refuses what it can say nothing of, in a few words', { timeout: 120_000 }, async () => {
  const folder = await scratchFolder();
  const [empty, car, blind] = ['empty', 'car', 'blind'].map((name) => join(folder, name)) as [string, string, string];
  await mkdir(empty);
  const play = (game: string, out: string) =>
    agent(['play', '--game', game, '--policy', 'random', '--max-decisions', '3', '--out', out, '--quiet']);
  expect(await play('carracing', car)).toMatchObject({ exitCode: 0 });
  expect(await play('spaceinvaders', blind)).toMatchObject({ exitCode: 0 });
  for (const [run, reason] of [
    [empty, /no episode record/],
    [car, /nobody wrote a teacher for carracing/],
    [blind, /does not say what it sees/],
    [join(folder, 'nowhere'), /cannot be read/],
  ] as const) {
    const { exitCode, stdout, stderr } = await agent(['sights', run]);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/ {4}at /);
  }
});
