/** A whole small experiment on the real emulator: killed in the middle, gone on with, and refused where it differs. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { experimentTableSchema } from '../../src/experiment/table-schema.js';
import { tinyCheckpoint } from '../model/tiny-checkpoint.js';
import { agent, childrenOf, eventually, isAlive, scratchFolder } from './agent-command.js';

const yaml = (model: string): string => `
name: tiny
models: { one: ${model}, other: ${model} }
training_seeds: [1]
seeds: 150000..150001
compare: [[one, other]]
max_decisions: 6
games:
  - game: carracing
    demonstrators: [{ name: random, policy: random, seeds: 0..4 }]
    budgets: [1, 2]
    updates: { at: 1, count: 2, power: 0 }
    training: { batch: 2, optimizer: { peak: 0.001, warmup: 0, floor: 1 } }
`;

const resultsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true }).catch((): string[] => [])).filter((name) => name.endsWith('result.json'));

describe('agent experiment', { timeout: 600_000 }, () => {
  it('killed with a training under way leaves no process, and goes on to the same table', async () => {
    const [folder, model] = [await scratchFolder(), await tinyCheckpoint()];
    onTestFinished(() => rm(model, { recursive: true, force: true }));
    const [config, out] = [join(folder, 'tiny.yaml'), join(folder, 'out')];
    await writeFile(config, yaml(model));
    const args = ['experiment', config, '--out', out, '--jobs', '2'];
    const killed = agent(args);
    // A child is named in its job's folder as soon as it is begun.
    const training = await eventually('a training', async () =>
      (await readdir(out, { recursive: true }).catch((): string[] => [])).find((name) => /^train.*process$/.test(name)),
    );
    const pid = Number((await readFile(join(out, training), 'utf8')).split(' ')[0]);
    expect(childrenOf(killed.pid as number)).toContain(pid);
    killed.kill('SIGKILL');
    await killed;
    await eventually('the training to end with it', () => (isAlive(pid) ? undefined : true));
    const before = await resultsIn(out);
    expect(before.length).toBeLessThan(6);

    const { exitCode, stdout, stderr } = await agent([...args, '--json'], { timeout: 400_000 });
    expect(exitCode, stderr).toBe(0);
    expect(stderr.match(/^ *\d\/6 {2}/gm)).toHaveLength(6 - before.length);
    const { folder: _, failed, ...table } = JSON.parse(stdout);
    expect(failed).toEqual([]);
    const parsed = experimentTableSchema.parse(table);
    expect(parsed).toEqual(JSON.parse(await readFile(join(out, 'table.json'), 'utf8')));
    expect(parsed).toMatchObject({ complete: true, protocol: { updates: [{ updates: 2 }, { updates: 2 }] } });
    // The same model twice: the same trainings, so the same episodes.
    expect(parsed.paired.map(({ difference }) => difference)).toEqual([0, 0, 0]);
    const [cell] = parsed.records.filter(({ model: name }) => name === 'one');
    expect(Object.values(cell?.chains ?? {})).toHaveLength(2);
    const own = join(out, 'trainings', 'carracing', 'random', 'one', '2-episodes-seed-1', 'training');
    expect(existsSync(join(own, 'curve.jsonl'))).toBe(true);
    expect((await readdir(own)).filter((name) => name === 'model' || name.startsWith('step-'))).toEqual([]);

    const again = await agent(args);
    expect(again.stdout).toContain('whole: ');
    expect(again.stderr).toContain('6 of 6 jobs are done');
    await writeFile(config, yaml(model).replace('budgets: [1, 2]', 'budgets: [1, 3]'));
    const refused = await agent(args);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('config.games.0.budgets.1: 2');
  });

  it('tells a failing job with its last error and its log, and does the others', async () => {
    const folder = await scratchFolder();
    const [config, out] = [join(folder, 'tiny.yaml'), join(folder, 'out')];
    await writeFile(config, yaml('pae-lamm-objects').replace('policy: random', 'policy: expert:./none'));
    const { exitCode, stderr, stdout } = await agent(['experiment', config, '--out', out]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/2 demonstrations: agent collect failed: .*\n.*log\.txt/);
    expect(stderr).toMatch(/random itself: agent eval failed: /);
    expect(stdout).toContain('not whole yet: ');
  });
});
