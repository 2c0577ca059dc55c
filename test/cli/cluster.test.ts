/** The examples for clusters, with a stand-in for what their schedulers set. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../src/core/project-paths.js';
import { AGENT, agent, scratchFolder } from './agent-command.js';

const ASKED = [
  '--game',
  'carracing',
  '--policy',
  'random',
  '--policy',
  'noop',
  '--seeds',
  '7..9',
  '--max-decisions',
  '3',
];

describe('examples/cluster/eval.sbatch', { timeout: 240_000 }, () => {
  it('plays one shard a task of an array that counts from 0, and their merge is the local table', async () => {
    const folder = await scratchFolder();
    const script = join(projectRoot, 'examples', 'cluster', 'eval.sbatch');
    const task = (id: number) =>
      execa('bash', [script, folder, ...ASKED, '--quiet'], {
        reject: false,
        env: {
          ...{ AGENT, SLURM_ARRAY_TASK_ID: String(id), SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '2' },
          SLURM_CPUS_PER_TASK: '1',
        },
      });
    for (const id of [0, 1]) expect(await task(id)).toMatchObject({ exitCode: 0 });
    const shards = ['shard-1', 'shard-2'].map((name) => join(folder, name));
    const merged = await agent(['eval', '--merge', ...shards, '--out', join(folder, 'merged'), '--quiet']);
    expect(merged).toMatchObject({ exitCode: 0 });
    const local = await agent(['eval', ...ASKED, '--processes', '1', '--out', join(folder, 'local'), '--quiet']);
    expect(local).toMatchObject({ exitCode: 0 });
    const table = (run: string) => readFile(join(folder, run, 'results.json'), 'utf8');
    expect(await table('merged')).toBe(await table('local'));
    expect(merged.stdout.split('\nrun ')[0]).toBe(local.stdout.split('\nrun ')[0]);
  });

  it('says how it is used', async () => {
    const script = join(projectRoot, 'examples', 'cluster', 'eval.sbatch');
    expect(await execa('bash', [script, 'only-a-folder'], { reject: false })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('usage: sbatch eval.sbatch FOLDER'),
    });
  });
});

describe('examples/cluster/job.yaml', () => {
  it('gives every index its own shard', async () => {
    const text = await readFile(join(projectRoot, 'examples', 'cluster', 'job.yaml'), 'utf8');
    const { spec } = parse(text);
    const [container] = spec.template.spec.containers;
    expect(spec).toMatchObject({ completionMode: 'Indexed', completions: 16 });
    const folder = await scratchFolder();
    const stand = join(folder, 'agent');
    await writeFile(stand, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const shards = new Set<string>();
    for (let index = 0; index < spec.completions; index++) {
      const words = [...container.command, ...container.args].map((word) => word.replace('/opt/agent/agent', stand));
      const { stdout } = await execa(words[0], words.slice(1), { env: { JOB_COMPLETION_INDEX: String(index) } });
      expect(stdout).toContain(`--out /runs/shard-${index}`);
      shards.add(/--shard (\S+)/.exec(stdout)?.[1] as string);
    }
    expect([...shards]).toEqual(Array.from({ length: 16 }, (_, i) => `${i + 1}/16`));
  });
});

describe('agent collect --shard', { timeout: 120_000 }, () => {
  it('collects its part of the seeds', async () => {
    const out = join(await scratchFolder(), 'part');
    const asked = ['--game', 'carracing', '--seeds', '0..4', '--max-decisions', '2', '--processes', '1'];
    expect(await agent(['collect', ...asked, '--shard', '2/2', '--out', out, '--quiet'])).toMatchObject({
      exitCode: 0,
    });
    expect(JSON.parse(await readFile(join(out, 'dataset.json'), 'utf8'))).toMatchObject({ seeds: [1, 3] });
  });
});
