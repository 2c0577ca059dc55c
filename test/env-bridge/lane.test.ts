/**
 * Frames through shared memory: the same steps as through ZeroMQ, whatever fits or does not, and nothing left behind.
 */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeEnv, makeVectorEnv, startEmulators, unwrapStep } from '../../src/env-bridge/index.js';
import { type Place, SharedMemory } from '../../src/env-bridge/shared-memory.js';
import { summarize } from './env-conformance.js';
import { FAULT, type GameFixture, games, useFaultEnvironments, usePrivateTemporaryFolder } from './fixtures.js';

useFaultEnvironments();
usePrivateTemporaryFolder();
afterEach(() => void vi.restoreAllMocks());

const isLinux = process.platform === 'linux';
const leftBehind = () => readdirSync('/dev/shm').filter((name) => name.startsWith('agent-envs-'));

describe.runIf(isLinux)('the shared memory', () => {
  it('never gives out a byte twice, and all of it again once it was given back', () => {
    const size = 1000;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.nat(), fc.boolean())), (steps) => {
        const memory = SharedMemory.create(size) as SharedMemory;
        const held: Place[] = [];
        try {
          for (const [bytes, which, takes] of steps) {
            const place = takes ? memory.take(bytes) : undefined;
            if (place !== undefined) held.push(place);
            else if (held.length > 0) memory.release(held.splice(which % held.length, 1)[0] as Place);
            const sorted = [...held].sort((one, other) => one.start - other.start);
            sorted.forEach(({ start, size: length }, index) => {
              expect(start + length).toBeLessThanOrEqual(sorted[index + 1]?.start ?? size);
            });
          }
          for (const place of held) memory.release(place);
          expect(memory.take(size)).toEqual({ start: 0, size });
          expect(memory.take(1)).toBeUndefined();
        } finally {
          memory.close();
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has no name from the beginning', async () => {
    await using emulators = await startEmulators();
    const maps = readFileSync(`/proc/${emulators.pids[0]}/maps`, 'utf8');
    expect(maps).toMatch(/\/dev\/shm\/agent-envs-\S+ \(deleted\)/);
    expect(leftBehind()).toEqual([]);
  });
});

describe.each(games(60))('$id', ({ id, options, actions }: GameFixture) => {
  it('plays the same through shared memory and through ZeroMQ', async () => {
    const read = vi.spyOn(SharedMemory.prototype, 'read');
    const play = async (lane: boolean) => {
      await using envs = await makeVectorEnv(id, { ...options, count: 3, processes: 2, lane });
      const steps = [await envs.reset([4, 5, 6])];
      for (let step = 0; step < 12; step++) {
        steps.push(await envs.step([4, 5, 6].map((seed) => Math.floor(step / 2 + seed) % actions)));
      }
      return steps.flat().map((step) => summarize(unwrapStep(step)));
    };
    const through = await play(false);
    expect(read).not.toHaveBeenCalled();
    expect(await play(true)).toEqual(through);
    if (isLinux) expect(read).toHaveBeenCalledTimes(2 * 13);
  });
});

describe('what does not fit', () => {
  it('goes through ZeroMQ: what is larger than the memory, pictures, more in flight than fits', async () => {
    const bytes = 3 * 2 ** 20;
    await using envs = await makeVectorEnv(FAULT, {
      count: 6,
      processes: 1,
      render: true,
      kwargs: { dtype: 'uint8', length: bytes, episode: 100 },
    });
    await using small = await makeEnv(FAULT, { emulators: envs.emulators, kwargs: { length: 2, episode: 100 } });
    await using huge = await makeEnv(FAULT, {
      emulators: envs.emulators,
      kwargs: { dtype: 'uint8', length: 10 * 2 ** 20 },
    });
    await small.reset({ seed: 1 });
    const resets = await Promise.all([
      ...[1, 2, 3, 4, 5, 6].map((seed, env) => envs.env(env).reset({ seed, frames: seed % 2 === 0 })),
      huge.reset({ seed: 9 }),
    ]);
    expect(resets.map(({ observation }) => observation.data.length)).toEqual([...Array(6).fill(bytes), 10 * 2 ** 20]);
    const steps = await Promise.all([
      ...[0, 1, 2, 3, 4, 5].map((env) => envs.env(env).step(env % 3, { frames: env === 3 })),
      small.step(1),
    ]);
    expect(steps.map(({ kind }) => kind)).toEqual(Array(7).fill('mid'));
    expect(steps.map(({ frames }) => frames?.shape[0])).toEqual([...Array(3), 1, ...Array(3)]);
  });

  it('keeps its order with what does: a step asked for before the close is done before it', async () => {
    await using emulators = await startEmulators();
    const env = await makeEnv(FAULT, { emulators });
    await env.reset({ seed: 1 });
    const step = env.step(1);
    await env.close();
    expect((await step).kind).toBe('mid');
  });
});

describe('an observation', () => {
  it('stays what it was, whatever is played after it', async () => {
    await using env = await makeEnv('CarRacing-v3', { kwargs: { continuous: false }, frameSkip: 4 });
    const kept = [await env.reset({ seed: 3 })];
    const then = kept.map(summarize);
    for (let step = 0; step < 30; step++) {
      const next = await env.step(3);
      kept.push(next);
      then.push(summarize(next));
    }
    expect(kept.map(summarize)).toEqual(then);
  });
});

describe.runIf(isLinux)('a process that is killed', () => {
  it('leaves no shared memory, and its successor has one again', async () => {
    const read = vi.spyOn(SharedMemory.prototype, 'read');
    await using env = await makeEnv(FAULT);
    await env.reset({ seed: 2 });
    process.kill(env.emulators.pids[0] as number, 'SIGKILL');
    await env.step(1);
    const reads = read.mock.calls.length;
    await env.step(1);
    expect(read).toHaveBeenCalledTimes(reads + 1);
    expect(env.emulators.recoveries).toBe(1);
    expect(leftBehind()).toEqual([]);
  });
});
