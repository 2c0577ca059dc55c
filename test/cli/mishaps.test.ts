/**
 * What goes wrong around the program: killed processes, folders that are not there, limits. Each is one plain message.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { lockRun } from '../../src/evaluation/run-lock.js';
import { AGENT, agent, eventually, linesWritten, readManifest, scratchFolder } from './agent-command.js';

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

    const next = await agent(play(join(runs, 'next'), '--max-decisions', '2', '--quiet'), { env });
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

  // At another limit it is another file that cannot be opened: of the program, of a package, of an emulator's process.
  it.each([16, 20, 24, 32, 64])('too few open files: %i', async (limit) => {
    const { exitCode, stderr } = await shell(`ulimit -n ${limit}`, play(join(await scratchFolder(), 'run')));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/too many files are open.*ulimit -n/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('a folder in the place of a lock', async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, 'running.lock'));
    await expect(lockRun(folder)).rejects.toMatchObject({
      code: 'record',
      details: { got: 'a folder, no file', where: join(folder, 'running.lock'), next: 'move it away' },
    });
  });

  it('a place for keys that cannot be written', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'file'), '');
    const { exitCode, stderr } = await agent(['keys', join(folder, 'file', 'keys'), 'server']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('a part of that path is a file');
    expect(stderr).not.toContain('unexpected');
  });

  it('a name that is no UTF-8, which would become another one', async () => {
    const folder = await scratchFolder();
    const name = `$(printf 'caf\\351')`;
    const { exitCode, stderr } = await shell(
      `cd ${folder}; set -- "$@" --out ${name}`,
      play('run', '--quiet').slice(0, 5),
    );
    expect({ exitCode, names: await readdir(folder) }).toEqual({ exitCode: 2, names: [] });
    expect(stderr).toContain('a word of the command line is no UTF-8');
  });
});

describe('a place where nothing can be written', { timeout: 120_000 }, () => {
  /** For root too: rights do not keep him out, so these are no files by their nature. */
  const PLACES = [
    ['below a file', (folder: string) => join(folder, 'file', 'out')],
    ['in a file system of the kernel', () => '/proc/out/below'],
  ] as const;
  const COMMANDS = [
    ['play', (out: string) => play(out, '--max-decisions', '2')],
    ['eval', (out: string) => ['eval', '--game', 'carracing', '--policy', 'random', '--episodes', '1', '--out', out]],
    ['report', (out: string, run: string) => ['report', run, '--out', out]],
    ['a video', (out: string, run: string) => ['replay', run, '--video', `${out}.mp4`]],
    ['a strip', (out: string, run: string) => ['replay', run, '--strip', `${out}.png`]],
  ] as const;

  it.each(PLACES)('is named by every command, and ends it: %s', async (_where, placeIn) => {
    const folder = await scratchFolder();
    const run = join(folder, 'run');
    await writeFile(join(folder, 'file'), 'kept');
    expect((await agent(play(run, '--max-decisions', '2', '--quiet'))).exitCode).toBe(0);
    for (const [what, words] of COMMANDS) {
      const { exitCode, stderr, timedOut } = await agent(words(placeIn(folder), run));
      expect({ what, timedOut, isFailure: exitCode === 1 || exitCode === 2 }).toEqual({
        ...{ what, timedOut: false, isFailure: true },
      });
      expect(stderr).toMatch(/error: /);
      expect(stderr).not.toMatch(/unexpected|\.js:\d/);
    }
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('kept');
    expect((await readdir(folder)).sort()).toEqual(['file', 'run']);
  });

  it('a limit of file sizes is an error of the episode, which keeps its whole lines', async () => {
    const run = join(await scratchFolder(), 'run');
    const { exitCode, stderr } = await shell('ulimit -f 64', play(run, '--max-decisions', '400', '--quiet'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('ulimit -f') });
    expect(await readManifest(run)).toMatchObject({
      status: 'failed',
      error: { got: expect.stringMatching(/^EFBIG/) },
    });
    const checked = await agent(['replay', run, '--check']);
    expect(checked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('status failed') });
  });
});
