/** What goes wrong around the program: killed processes, folders that are not there, limits. Each is one plain message. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { lockRun } from '../../src/evaluation/run-lock.js';
import { AGENT, agent, eventually, linesWritten, scratchFolder } from './agent-command.js';

const play = (run: string, ...more: string[]) => [
  'play',
  '--game',
  'carracing',
  '--policy',
  'random',
  '--out',
  run,
  ...more,
];

/** Runs shell before the command, in its place: a limit, another folder. */
const shell = (before: string, words: readonly string[], env: Record<string, string> = {}) =>
  execa('bash', ['-c', `${before}; exec "$@"`, 'bash', AGENT, ...words], {
    reject: false,
    env: { NO_COLOR: '1', ...env },
  });

describe('what a killed process left', { timeout: 120_000 }, () => {
  it('is gone after the next start: the folder of its socket, half a video, room for the manifest', async () => {
    const folder = await scratchFolder();
    const [temporary, runs] = [join(folder, 'tmp'), join(folder, 'runs')];
    await mkdir(temporary);
    const env = { TMPDIR: temporary };
    const killed = join(runs, 'killed');
    const running = agent(play(killed, '--record'), { env });
    await eventually('a few steps', async () => ((await linesWritten(killed)) > 5 ? true : undefined));
    running.kill('SIGKILL');
    await running;
    const ours = (names: string[]) => names.filter((name) => name.startsWith('agent-envs-'));
    expect(ours(await readdir(temporary))).toHaveLength(1);
    expect((await readdir(killed)).filter((name) => name.endsWith('.tmp')).length).toBeGreaterThan(0);

    const next = await agent(play(join(runs, 'next'), '--max-steps', '2', '--quiet'), { env });
    expect(next.exitCode).toBe(0);
    expect(ours(await readdir(temporary))).toEqual([]);
    expect((await readdir(killed)).sort()).toEqual(['manifest.json', 'steps.jsonl']);
  });
});

describe('a plain mistake is named', { timeout: 120_000 }, () => {
  it('no folder for temporary files', async () => {
    const folder = await scratchFolder();
    const { exitCode, stderr } = await agent(play(join(folder, 'run')), { env: { TMPDIR: join(folder, 'none') } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('set TMPDIR');
    expect(stderr).not.toContain('unexpected');
  });

  it('a working folder that was deleted', async () => {
    const folder = await scratchFolder();
    const { exitCode, stderr } = await shell(`mkdir ${folder}/gone; cd ${folder}/gone; rmdir ../gone`, play('run'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the folder in which the command runs is not there any more/);
    expect(stderr).not.toContain('unexpected');
  });

  it('too few open files', async () => {
    const { exitCode, stderr } = await shell('ulimit -n 32', play(join(await scratchFolder(), 'run')));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/too many files are open.*ulimit -n/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a folder in the place of a lock', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'running.lock'));
    await expect(lockRun(folder)).rejects.toMatchObject({ code: 'record', details: { next: 'move it away' } });
  });

  it('a place for keys that cannot be written', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'file'), '');
    const { exitCode, stderr } = await agent(['keys', join(folder, 'file', 'keys'), 'server']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('a part of that path is a file');
    expect(stderr).not.toContain('unexpected');
  });
});
