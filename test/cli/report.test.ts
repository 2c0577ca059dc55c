/** `agent report` on what `agent eval` and `agent play` leave behind. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/index.js';
import { agent, scratchFolder } from './agent-command.js';

describe('agent report', { timeout: 240_000 }, () => {
  it('has the numbers of an evaluation, and of episodes played by themselves beside them', async () => {
    const folder = await scratchFolder();
    const [evaluation, alone, out] = [join(folder, 'evaluation'), join(folder, 'alone'), join(folder, 'report')];
    const game = ['--game', 'carracing'];
    const limit = [
      '--policy',
      'constant:gas',
      '--policy',
      'random',
      '--seeds',
      '100000..100002',
      '--max-decisions',
      '15',
    ];
    expect((await agent(['eval', ...game, ...limit, '--out', evaluation, '--quiet'])).exitCode).toBe(0);
    const single = ['--policy', 'constant:gas', '--seed', '100003', '--max-decisions', '15'];
    expect((await agent(['play', ...game, ...single, '--out', alone, '--quiet'])).exitCode).toBe(0);

    const { exitCode, stdout, stderr } = await agent(['report', evaluation, '--out', out, '--json', '--quiet']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const results = JSON.parse(await readFile(join(evaluation, 'results.json'), 'utf8'));
    const said = JSON.parse(stdout);
    const byPolicy = (rows: { policy: string }[]) => Object.fromEntries(rows.map((row) => [row.policy, row]));
    expect(byPolicy(said.rows)).toEqual(byPolicy(results.rows));
    expect(said.paired[0]).toMatchObject({ episodes: 3, difference: Math.abs(results.paired[0].difference) });
    expect((await readdir(out)).sort()).toEqual([
      'episodes.csv',
      'report.csv',
      'report.html',
      'report.json',
      'report.md',
    ]);

    const mixed = await agent(['report', evaluation, alone, '--out', out, '--quiet']);
    expect(mixed.exitCode).toBe(0);
    expect(mixed.stdout).toContain('report.html');
    const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report;
    const brief = join(folder, 'brief');
    const five = ['--policy', 'constant:gas', '--seed', '100003', '--max-decisions', '5'];
    expect((await agent(['play', ...game, ...five, '--out', brief, '--quiet'])).exitCode).toBe(0);
    const both = await agent(['report', alone, brief, '--out', join(folder, 'both'), '--quiet']);
    const titles = [5, 15].map((limit) => `${report.games[0]?.title}, ${limit} decisions at most  constant:gas`);
    for (const title of titles) expect(both.stdout).toContain(title);
    expect(both.stdout).not.toContain('(2)');
    const rows = report.games.flatMap(({ policies }) => policies.map(({ row }) => [row.policy, row.episodes]));
    expect(rows.sort()).toEqual([
      ['constant:gas', 4],
      ['random', 3],
    ]);
  });

  it('says what is wrong with what it was given', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'empty'));
    expect(await agent(['report'])).toMatchObject({ exitCode: 2, stdout: '' });
    const nowhere = await agent(['report', join(folder, 'nowhere'), '--json']);
    expect(nowhere.exitCode).toBe(1);
    expect(JSON.parse(nowhere.stdout)).toMatchObject({ error: { code: 'record', where: join(folder, 'nowhere') } });
    const empty = await agent(['report', join(folder, 'empty'), '--out', join(folder, 'out')]);
    expect(empty.exitCode).toBe(1);
    expect(empty.stderr).toContain('there is no episode record in that folder');
    expect(await readdir(folder)).toEqual(['empty']);
  });
});
