/** The lock with real processes: exclusion, waiting, and taking over from the dead. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startOf } from '../../scripts/lib/process-identity.mjs';
import { acquireSetupLock } from '../../scripts/lib/setup-lock.mjs';

const holder = fileURLToPath(new URL('fixtures/hold-lock.mjs', import.meta.url));
let folder: string;
let lock: string;
let log: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  lock = join(folder, 'setup.lock');
  log = join(folder, 'log');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(how: string): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [holder, lock, log, how], { stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  return { child, ended: new Promise((resolve) => child.on('close', resolve)) };
}

const logLines = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
const seen = (word: string) => vi.waitFor(() => expect(logLines().join('\n')).toContain(word), { timeout: 25_000 });

/** Every begin is followed by its own end before the next begin. */
function expectNoOverlap(expected: number): void {
  const events = logLines().filter((line) => /^(begin|end)/.test(line));
  expect(events).toHaveLength(expected * 2);
  for (let i = 0; i < events.length; i += 2) expect(events[i + 1]).toBe(events[i]!.replace('begin', 'end'));
}

describe('acquireSetupLock', { timeout: 60_000 }, () => {
  it('lets one process in at a time, and all in the end', async () => {
    const starts = Array.from({ length: 5 }, () => start('60'));
    expect(await Promise.all(starts.map(({ ended }) => ended))).toEqual([0, 0, 0, 0, 0]);
    expectNoOverlap(5);
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('tells the waiting process whom it waits for, once', async () => {
    const first = start('forever');
    await seen('command');
    const second = start('0');
    await seen('wait');
    await new Promise((resolve) => setTimeout(resolve, 500));
    first.child.kill('SIGKILL');
    expect(await second.ended).toBe(0);
    expect(logLines().filter((line) => line.startsWith('wait'))).toEqual([`wait ${second.child.pid}`]);
  });

  it('is taken over from a killed process by exactly one of several, and its command is ended first', async () => {
    const dead = start('forever');
    await seen('command');
    const command = Number(/command (\d+)/.exec(logLines().join('\n'))![1]);
    expect(startOf(command)).not.toBeNull();
    dead.child.kill('SIGKILL');
    await dead.ended;
    expect(startOf(command)).not.toBeNull(); // the orphan goes on until somebody takes over
    rmSync(log);
    const starts = Array.from({ length: 4 }, () => start('40'));
    expect(await Promise.all(starts.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    expectNoOverlap(4);
    expect(startOf(command)).toBeNull();
  });

  it('is not held by a process that only has the same number', async () => {
    const identity = { pid: process.pid, start: 'long ago', child: null };
    const { hostname } = await import('node:os');
    writeFileSync(lock, JSON.stringify({ ...identity, host: hostname() }));
    expect(await start('0').ended).toBe(0);
    expectNoOverlap(1);
  });

  it('is taken over where the file is damaged', async () => {
    writeFileSync(lock, '{"pid": 12');
    expect(await start('0').ended).toBe(0);
    expectNoOverlap(1);
  });
});

describe('a folder in the place of the lock', () => {
  it('is named, with what to do', async () => {
    mkdirSync(lock);
    const details = {
      reason: `a folder lies where its lock belongs: ${lock}`,
      next: `move it away: mv ${lock} ${lock}.old`,
    };
    await expect(acquireSetupLock(lock)).rejects.toMatchObject({ name: 'SetupError', details });
  });
});
