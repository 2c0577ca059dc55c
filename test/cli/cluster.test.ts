/** The examples for clusters, with a stand-in for what their schedulers set. */
import { access, constants, readFile, writeFile } from 'node:fs/promises';
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

/** Of the image, what can be tried without a container engine. docs/queue.md says where it was built. */
describe('examples/cluster/Containerfile', { timeout: 240_000 }, async () => {
  const text = await readFile(join(projectRoot, 'examples', 'cluster', 'Containerfile'), 'utf8');
  const instructions = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .trim()
    .split('\n')
    .map((line) => ({ name: line.split(' ')[0] as string, rest: line.slice(line.indexOf(' ') + 1) }));
  const of = (name: string): string[] => instructions.filter((one) => one.name === name).map(({ rest }) => rest);
  const commands = of('RUN').flatMap((run) => run.split(' && '));

  it('copies every file of the repository but earlier runs, and starts one that is there', async () => {
    expect(of('COPY')).toEqual(['--chown=node:node . .']);
    const ignored = await readFile(join(projectRoot, 'examples', 'cluster', 'Containerfile.dockerignore'), 'utf8');
    const { stdout } = await execa('git', ['ls-files', '-z'], { cwd: projectRoot });
    const folders = new Set(stdout.split('\0').map((path) => path.split('/')[0]));
    expect(
      ignored
        .trim()
        .split('\n')
        .filter((line) => folders.has(line)),
    ).toEqual([]);
    expect([of('WORKDIR'), of('ENTRYPOINT')]).toEqual([['/opt/agent'], ['["/opt/agent/agent"]']]);
    await access(AGENT, constants.X_OK);
    const { engines } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
    expect(engines.node).toBe('>=20.19');
    expect(of('FROM')).toEqual(['docker.io/library/node:20-bookworm-slim']);
  });

  it('runs nothing but what its base has and what this program does', async () => {
    const first = join(await scratchFolder(), 'first');
    const own = commands.filter((command) => command.includes('./agent'));
    expect(own).toHaveLength(2);
    const others = commands.filter((command) => !own.includes(command)).map((command) => command.split(' ')[0]);
    // Of Debian's own packages, which every image of it has.
    expect(others.filter((name) => !['apt-get', 'rm', 'chown', 'mkdir'].includes(name as string))).toEqual([]);
    const tried = own.map((command) => command.replace('/tmp/first', first));
    for (const command of tried) {
      const ran = await execa('bash', ['-c', command], { cwd: projectRoot, reject: false });
      expect(ran, command).toMatchObject({ exitCode: 0 });
    }
    await access(join(first, 'manifest.json'));
  });

  it('is used in its own words as the commands allow', async () => {
    const words = [...text.matchAll(/^#.*?\b((?:play|worker) --.*)$/gm)].map(([, used]) => used);
    expect(words).toHaveLength(2);
    for (const used of words as string[]) {
      const { stdout } = await agent([used.split(' ')[0] as string, '--help']);
      for (const [option] of used.matchAll(/--[a-z-]+/g)) expect(stdout, used).toContain(option);
    }
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
