/**
 * What the bridge's tests share: the games small, the environment that misbehaves, and what a test may not leave
 * behind.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import type { EnvOptions } from '../../src/env-bridge/index.js';

/** Makes `bridge_faults` importable in the emulator processes of this test file. */
export function useFaultEnvironments(): void {
  const before = process.env.PYTHONPATH;
  beforeAll(() => {
    process.env.PYTHONPATH = fileURLToPath(new URL('python', import.meta.url));
  });
  afterAll(() => {
    if (before === undefined) delete process.env.PYTHONPATH;
    else process.env.PYTHONPATH = before;
  });
}

export const FAULT = 'bridge_faults:Bridge/Fault-v0';

/** A folder for a test file, which is also where emulator processes of this file have their sockets. */
export function usePrivateTemporaryFolder(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'bridge-test-'));
  const before = process.env.TMPDIR;
  beforeAll(() => {
    process.env.TMPDIR = path;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(path, { recursive: true, force: true });
  });
  return { path };
}

export interface GameFixture {
  readonly id: string;
  readonly options: EnvOptions;
  readonly actions: number;
}

/** The games as the product plays them, in episodes of `frames` emulator frames. */
export const games = (frames: number): readonly GameFixture[] => [
  {
    id: 'CarRacing-v3',
    options: { kwargs: { continuous: false, max_episode_steps: frames }, frameSkip: 4 },
    actions: 5,
  },
  {
    id: 'ALE/SpaceInvaders-v5',
    options: { kwargs: { frameskip: 1, max_episode_steps: frames }, frameSkip: 4, maxPool: true },
    actions: 6,
  },
];

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** What a process holds, as far as the system tells: for comparing before and after. */
export function heldResources(folder: string): Readonly<Record<string, unknown>> {
  const active = process.getActiveResourcesInfo().filter((name) => name !== 'TickObject' && name !== 'Immediate');
  return {
    active: active.sort(),
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
    exitListeners: process.listenerCount('exit'),
    folders: readdirSync(folder),
  };
}

export async function eventually(condition: () => boolean, what: string, milliseconds = 10_000): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`did not happen in ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
