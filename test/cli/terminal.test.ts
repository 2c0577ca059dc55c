/** The terminal goes away under a command: it is closed as after any SIGHUP, whichever way that is noticed. */
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { pythonCommand } from '../../src/core/project-paths.js';
import { AGENT, agent, childrenOf, eventually, isAlive, readManifest, scratchFolder } from './agent-command.js';

const HANG_UP = fileURLToPath(new URL('support/hang-up.py', import.meta.url));
/** Of a process that ended by itself with 129; one that a signal ended has a negative number. */
const ENDED_AS_BY_HANGUP = '129';

async function hangUp(which: 'all' | 'stderr', lines: string, words: readonly string[]): Promise<string> {
  const { stdout } = await execa(pythonCommand().executable, [HANG_UP, lines, which, AGENT, ...words]);
  return stdout;
}

describe('a terminal that goes away', { timeout: 120_000 }, () => {
  it.each([
    ['all', []],
    ['all', ['--quiet']],
    ['stderr', []],
  ] as const)('%s, agent play %j: the record is closed as cancelled', async (which, more) => {
    const run = join(await scratchFolder(), 'run');
    const words = ['play', '--game', 'spaceinvaders', '--policy', 'random', '--out', run, ...more];
    expect(await hangUp(which, join(run, 'steps.jsonl'), words)).toBe(ENDED_AS_BY_HANGUP);
    expect(await readManifest(run)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
  });

  it.each([
    ['eval', ['-g', 'spaceinvaders', '-p', 'random', '-n', '2', '--quiet'], '**/steps.jsonl'],
    ['compare', ['--game', 'spaceinvaders', '-p', 'random', '-p', 'noop', '--seed', '1'], '**/steps.jsonl'],
    ['collect', ['--game', 'spaceinvaders', '--policy', 'random', '--episodes', '50'], 'shards/*'],
  ])('agent %s ends as well', async (command, words, lines) => {
    const run = join(await scratchFolder(), 'run');
    expect(await hangUp('all', join(run, lines), [command, ...words, '--out', run])).toBe(ENDED_AS_BY_HANGUP);
  });

  it('ends agent serve and leaves no socket', async () => {
    const folder = await scratchFolder();
    const words = ['serve', '--listen', `ipc://${join(folder, 'socket')}`];
    expect(await hangUp('all', join(folder, '*'), words)).toBe(ENDED_AS_BY_HANGUP);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a terminal', { timeout: 120_000 }, () => {
  it('is told at once what is waited for', async () => {
    const run = join(await scratchFolder(), 'run');
    const words = ['play', '--game', 'carracing', '--policy', 'noop', '--max-decisions', '2', '--out', run];
    const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
    const { stdout } = await execa(pythonCommand().executable, ['-c', onTerminal, AGENT, ...words], {
      env: { TERM: 'xterm' },
    });
    expect(stdout.indexOf('starting the emulator, loading noop')).toBeGreaterThanOrEqual(0);
    expect(stdout.indexOf('starting the emulator')).toBeLessThan(stdout.indexOf('Car Racing, seed'));
  });
});

describe('agent serve, killed', { timeout: 120_000 }, () => {
  it('in its server says so, and by which signal', async () => {
    const folder = await scratchFolder();
    const serving = agent(['serve', '--listen', `ipc://${join(folder, 'socket')}`]);
    await once(serving.stdout as NodeJS.ReadableStream, 'data');
    const [server] = childrenOf(serving.pid as number);
    process.kill(server as number, 'SIGKILL');
    const { exitCode, stderr } = await serving;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the emulator server was killed by SIGKILL\n +next: +start it again/);
  });

  it('takes its server along and leaves no socket', async () => {
    const folder = await scratchFolder();
    const serving = agent(['serve', '--listen', `ipc://${join(folder, 'socket')}`]);
    await once(serving.stdout as NodeJS.ReadableStream, 'data');
    const [server] = childrenOf(serving.pid as number);
    serving.kill('SIGKILL');
    await serving;
    await eventually('the end of the server', () => (isAlive(server as number) ? undefined : true));
    expect(await readdir(folder)).toEqual([]);
  });
});
