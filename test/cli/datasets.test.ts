/** `agent datasets import`, `export` and `diff` as a person meets them: an evaluation becomes a dataset. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashArray } from '../../src/core/index.js';
import { Dataset } from '../../src/datasets/index.js';
import { agent, scratchFolder } from './agent-command.js';

const TIMEOUT = 240_000;
const datasets = (...args: string[]) => agent(['datasets', ...args]);

it('an evaluation becomes a dataset, goes out and comes back', { timeout: TIMEOUT }, async () => {
  const folder = await scratchFolder();
  const at = (name: string): string => join(folder, name);
  const played = ['--game', 'spaceinvaders', '--policy', 'random', '--policy', 'noop', '--episodes', '2'];
  const evaluated = await agent(['eval', ...played, '--max-decisions', '5', '--processes', '1', '--out', at('eval')]);
  expect(evaluated.exitCode, evaluated.stderr).toBe(0);

  const both = await datasets('import', at('eval'), '--format', 'records', '--out', at('both'));
  expect(both.exitCode).toBe(1);
  expect(both.stderr).toMatch(/several players[\s\S]*--policy/);
  expect(existsSync(at('both'))).toBe(false);

  const made = await datasets('import', at('eval'), '--format', 'records', '--policy', 'random', '--out', at('a'));
  expect(made.exitCode, made.stderr).toBe(0);
  expect(made.stdout).toMatch(/spaceinvaders-random-[0-9a-f]{12}, 2 episodes, 10 steps/);
  using dataset = await Dataset.open(at('a'));
  expect(dataset.sources[0]?.description).toMatchObject({ driver: { id: 'random' }, imported: { format: 'records' } });
  const runs = readdirSync(at('eval'), { recursive: true, encoding: 'utf8' });
  const hashes = new Set<string>();
  for (const name of runs.filter((one) => one.endsWith('steps.jsonl'))) {
    const lines = (await readFile(join(at('eval'), name), 'utf8')).trim().split('\n');
    for (const line of lines) hashes.add(JSON.parse(line).observation);
  }
  for (let frame = 0; frame < dataset.frameCount; frame++) expect(hashes).toContain(hashArray(dataset.frame(frame)));

  const out = await datasets('export', at('a'), '--format', 'hf', '--out', at('hf'));
  expect(out.exitCode, out.stderr).toBe(0);
  expect((await datasets('import', at('hf'), '--format', 'hf', '--out', at('b'))).exitCode).toBe(0);
  const same = await datasets('diff', at('a'), at('b'));
  expect([same.exitCode, same.stdout]).toEqual([0, expect.stringMatching(/^the same: spaceinvaders-random-/)]);

  const noop = await datasets('import', at('eval'), '--format', 'records', '--policy', 'noop', '--out', at('c'));
  expect(noop.exitCode, noop.stderr).toBe(0);
  const relabelled = await datasets('relabel', at('a'), '--label', 'constant:fire', '--out', at('d'));
  expect(relabelled.exitCode, relabelled.stderr).toBe(0);
  expect(relabelled.stdout).toMatch(/spaceinvaders-random-[0-9a-f]{12}, 10 steps, \d+ labels changed/);
  const labels = await datasets('diff', at('a'), at('d'));
  expect([labels.exitCode, labels.stdout]).toEqual([1, expect.stringMatching(/labeller: .*"constant:fire"/)]);

  const other = await datasets('diff', at('a'), at('c'));
  expect(other.exitCode).toBe(1);
  expect(other.stdout).toMatch(/driver: .*"random".*"noop"[\s\S]*different {11}2 episodes[\s\S]*from decision \d+ on/);
});

it('says what cannot be', { timeout: TIMEOUT }, async () => {
  const folder = await scratchFolder();
  const out = ['--out', join(folder, 'out')];
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['import', join(folder, 'nowhere'), '--format', 'hf', ...out], /there is no such folder/],
    [['import', folder, '--format', 'records', ...out], /no finished episodes/],
    [['import', folder, '--format', 'records', '--game', 'carracing', ...out], /--game/],
    [['import', folder, '--format', 'hf', '--policy', 'random', ...out], /--policy/],
    [['import', folder, '--format', 'tfds', ...out], /hf, lerobot, minari, records/],
    [['relabel', folder, ...out], /--label POLICY, --way-back, or both/],
    [['relabel', join(folder, 'nowhere'), '--label', 'expert', ...out], /not a dataset|no such|ENOENT|dataset\.json/],
    [['export', folder, '--format', 'hf', '--video', ...out], /--format lerobot/],
  ];
  for (const [args, says] of cases) {
    const { exitCode, stderr } = await datasets(...args);
    expect(stderr, args.join(' ')).toMatch(says);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/\n {4}at /);
  }
  expect(existsSync(join(folder, 'out'))).toBe(false);
});
