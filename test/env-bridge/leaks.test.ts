/** What the bridge holds is given back: processes, sockets, folders, timers, listeners, memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeEnv, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { compileBridge, compiledBridgeEnvironment } from './compiled-bridge.js';
import { expectCode } from './env-conformance.js';
import {
  eventually,
  FAULT,
  heldResources,
  isAlive,
  useFaultEnvironments,
  usePrivateTemporaryFolder,
} from './fixtures.js';

useFaultEnvironments();
const folder = usePrivateTemporaryFolder();

/** Runs once for what is loaded once and kept, then again: nothing may be added. */
async function expectNoLeak(run: () => Promise<readonly number[]>): Promise<void> {
  await run();
  const before = heldResources(folder.path);
  const pids = await run();
  for (const pid of pids) await eventually(() => !isAlive(pid), `the end of process ${pid}`);
  await eventually(
    () => JSON.stringify(heldResources(folder.path)) === JSON.stringify(before),
    'all is given back',
    3000,
  ).catch(() => expect(heldResources(folder.path)).toEqual(before));
}

describe('nothing is left', () => {
  it('of an environment that was closed', () =>
    expectNoLeak(async () => {
      const env = await makeEnv(FAULT);
      await env.reset({ seed: 0 });
      const { pids } = env.emulators;
      await env.close();
      return pids;
    }));

  it('of processes that died and were replaced', () =>
    expectNoLeak(async () => {
      await using envs = await makeVectorEnv(FAULT, { count: 2, processes: 2 });
      await envs.reset([0, 1]);
      const before = envs.emulators.pids;
      process.kill(before[0] as number, 'SIGKILL');
      await envs.step([0, 0]);
      return [...before, ...envs.emulators.pids];
    }));

  it('of what could not be made', () =>
    expectNoLeak(async () => {
      await expectCode(makeEnv('NoSuchGame-v0'), 'unknown_env');
      await expectCode(startEmulators({ processes: 2, signal: AbortSignal.timeout(100) }), 'cancelled');
      const { AGENT_PYTHON } = process.env;
      process.env.AGENT_PYTHON = '/nowhere/python';
      const error = await expectCode(makeEnv(FAULT), 'setup');
      if (AGENT_PYTHON === undefined) delete process.env.AGENT_PYTHON;
      else process.env.AGENT_PYTHON = AGENT_PYTHON;
      expect(error.message).toContain('agent setup');
      return [];
    }));

  it('of calls that were cancelled: no listener stays on the signal', async () => {
    await using env = await makeEnv(FAULT);
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(signal, given);
    };
    signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(signal, given);
    };
    await env.reset({ seed: 0, signal });
    for (let count = 0; count < 5; count++) await env.step(0, { signal });
    expect(listeners).toBe(0);
  });
});

describe('a program that ends without closing anything', () => {
  const program = fileURLToPath(new URL('abandon.mjs', import.meta.url));
  let bridge: string;
  beforeAll(() => {
    bridge = compileBridge(mkdtempSync(join(folder.path, 'compiled-')));
  });

  it.each(['SIGUSR2', 'SIGKILL'] as const)('leaves no emulator behind (%s)', async (signal) => {
    const env = compiledBridgeEnvironment();
    const child = spawn(process.execPath, [program, bridge, FAULT], { stdio: ['ignore', 'pipe', 'inherit'], env });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    child.kill(signal);
    await once(child, 'exit');
    await eventually(() => !isAlive(pid), 'the end of the emulator');
    // A program that exits takes the socket's folder with it, too; one that is killed cannot.
    if (signal === 'SIGUSR2')
      expect(readdirSync(folder.path).filter((name) => name.startsWith('agent-envs'))).toEqual([]);
  });
});
