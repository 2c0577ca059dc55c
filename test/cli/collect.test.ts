/** `agent collect` and `agent datasets` as a person meets them: refusals, a process killed in the middle, Ctrl-C. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hashArray } from '../../src/core/index.js';
import { Dataset } from '../../src/datasets/index.js';
import { agent, eventually, scratchFolder } from './agent-command.js';

const TIMEOUT = 180_000;
const WRONG: readonly { args: string[]; says: RegExp }[] = [
  { args: ['--game', 'carracing'], says: /--episodes N/ },
  { args: ['--game', 'carracing', '--seeds', '9..3'], says: /0\.\.99/ },
  { args: ['--game', 'carracing', '--seeds', '3,1..4'], says: /each seed once/ },
  { args: ['--game', 'carracing', '--seeds', '99999..100000'], says: /evaluation[\s\S]*100000/ },
  { args: ['--game', 'carracing', '--seeds', '1..3', '--episodes', '4'], says: /fewer seeds/ },
  { args: ['--game', 'carracing', '--episodes', '2', '--noise', '1.2'], says: /from 0 to 1/ },
  { args: ['--game', 'carracing', '--episodes', '2', '--label', 'expret'], says: /did you mean expert/ },
];

/** Plays with random actions, which needs no TensorFlow. */
const collecting = (out: string, ...more: string[]): string[] => [
  ...[
    'collect',
    '--game',
    'carracing',
    '--policy',
    'random',
    '--seeds',
    '10..15',
    '--max-decisions',
    '40',
    '--parallel',
    '2',
  ],
  ...['--processes', '1', '--out', out, ...more],
];

async function contentOf(folder: string) {
  using dataset = await Dataset.open(folder);
  const steps = Array.from(dataset.indices(), (index) => ({
    ...dataset.step(index),
    pixels: hashArray(dataset.frame(dataset.step(index).frame)),
  }));
  return { seeds: dataset.episodes.map(({ seed }) => seed), steps };
}

const committed = async (folder: string): Promise<string[]> =>
  (await readdir(join(folder, 'shards')).catch(() => [])).filter((file) => file.endsWith('.json'));

describe('agent collect', { timeout: TIMEOUT }, () => {
  it.each(WRONG)('refuses $args', async ({ args, says }) => {
    const { exitCode, stderr } = await agent(['collect', ...args, '--out', await scratchFolder()]);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(2);
  });

  it('killed in the middle and started again gives what one undisturbed run gives', async () => {
    const [killed, whole] = [join(await scratchFolder(), 'a'), join(await scratchFolder(), 'b')];
    const running = agent(collecting(killed));
    await eventually('two episodes', async () => ((await committed(killed)).length >= 2 ? true : undefined));
    running.kill('SIGKILL');
    await running;
    const kept = (await committed(killed)).length;
    expect(kept).toBeLessThan(6);
    const again = await agent(collecting(killed, '--json'));
    expect(again.exitCode).toBe(0);
    const told = JSON.parse(again.stdout);
    expect(told.now).toMatchObject({ planned: 6, done: 6, collected: 6 - kept, steps: (6 - kept) * 40 });
    expect(told.summary).toMatchObject({ episodes: 6, steps: 240, splits: { train: { episodes: 6 } } });
    expect((await agent(collecting(whole))).exitCode).toBe(0);
    expect(await contentOf(killed)).toEqual(await contentOf(whole));
    expect(JSON.parse(await readFile(join(whole, 'summary.json'), 'utf8'))).toMatchObject({ episodes: 6, steps: 240 });
    expect((await sharp(join(whole, 'sheet.png')).metadata()).width).toBeGreaterThan(1000);
    expect(await readFile(join(whole, 'README.md'), 'utf8')).toContain('path: shards/shard-*.parquet');
    expect((await readdir(join(whole, 'shards'))).filter((name) => /^shard-.*parquet$/.test(name))).not.toEqual([]);
    const checked = await agent(['datasets', 'check', killed, '--json']);
    expect(JSON.parse(checked.stdout)).toMatchObject({ episodes: 6, frames: 246, problems: [] });
  });

  it('Ctrl-C keeps what is finished and says how to go on', async () => {
    const folder = join(await scratchFolder(), 'a');
    const running = agent(collecting(folder));
    await eventually('an episode', async () => ((await committed(folder)).length >= 1 ? true : undefined));
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/the same command goes on/);
    expect(existsSync(join(folder, 'collect.lock'))).toBe(false);
    const { seeds } = await contentOf(folder);
    expect(seeds.length).toBeGreaterThanOrEqual(1);
    const listed = JSON.parse((await agent(['datasets', 'list', folder, '--json'])).stdout);
    expect(listed.datasets).toHaveLength(1);
    const info = await agent(['datasets', 'info', folder]);
    expect(info.stdout).toContain(`${seeds.length} episodes, ${seeds.length * 40} steps`);
  });
});
