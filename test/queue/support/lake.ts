/** A game that is over at once, for tests of the queue, and workers that play it in this process. */
import { afterAll, onTestFinished } from 'vitest';
import { startEmulators } from '../../../src/env-bridge/index.js';
import { type EvaluationOptions, type EvaluationResult, runEvaluation } from '../../../src/evaluation/index.js';
import {
  type Identity,
  openRow,
  ownIdentity,
  type QueueOptions,
  runWorker,
  throughQueue,
  type WorkerOptions,
} from '../../../src/queue/index.js';

export { lakeFile } from '../../../bench/lib/lake.js';

export const QUICK = { lockDuration: 2000, stalledInterval: 500 };

interface LakeWorker extends Partial<WorkerOptions> {
  /** What it says of itself that is not so. */
  readonly identityChange?: Partial<Identity>;
  readonly checkpoints?: string;
  /** What it makes of an honest answer. */
  readonly lie?: (seed: number, parts: readonly Uint8Array[]) => MaybePromise<readonly Uint8Array[]>;
}

type MaybePromise<T> = T | Promise<T>;

/** Of all workers of a test's file: starting them takes longer than all else. */
let shared: ReturnType<typeof startEmulators> | undefined;
afterAll(async () => (await shared)?.[Symbol.asyncDispose]());

/** For workers beside a coordinator; they end with the test, if not before. */
export function endWithTest(): AbortController {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  return end;
}

/**
 * A worker in this process. With a signal it is there until that comes: it may be there before its coordinator, whose
 * emulators take any time to start. Without one it plays what is in the queue, and ends when that was nothing for a
 * second.
 */
export async function lakeWorker(url: string, game: string | undefined, options: LakeWorker = {}) {
  const { identityChange = {}, checkpoints = '', lie, ...changes } = options;
  const { signal = new AbortController().signal } = changes;
  shared ??= startEmulators({ processes: 1 });
  const emulators = await shared;
  const identity = { ...(await ownIdentity(emulators.versions)), ...identityChange };
  const games = game === undefined ? [] : [game];
  return await runWorker({
    ...{ url, identity, parallel: 4, signal, timing: QUICK, idleSeconds: changes.signal ? undefined : 1 },
    open: async (run, row, redis) => {
      const player = await openRow(run, row, { redis, identity, emulators, games, checkpoints, parallel: 4, signal });
      if (lie === undefined) return player;
      return {
        play: async (seed) => lie(seed, await player.play(seed)),
        cancel: () => player.cancel(),
        [Symbol.asyncDispose]: () => player[Symbol.asyncDispose](),
      };
    },
    ...changes,
  });
}

export async function evaluateThrough(
  url: string,
  asked: EvaluationOptions,
  options: Partial<QueueOptions> = {},
): Promise<EvaluationResult> {
  return await runEvaluation({ processes: 1, ...asked }, throughQueue({ url, ...options }));
}
