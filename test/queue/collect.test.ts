/** Demonstrations through a real Redis: the dataset is the local one, byte for byte, whoever lies or leaves. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame } from '../../src/agent/index.js';
import { type CollectElsewhere, collect, encodeFrame } from '../../src/datasets/index.js';
import { makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { createPolicy } from '../../src/players/index.js';
import { type CollectQueueOptions, collectThroughQueue } from '../../src/queue/index.js';
import { temporaryFolder } from '../record/support/records.js';
import { endWithTest, lakeFile, lakeWorker } from './support/lake.js';
import { redisCommand, testRedis } from './support/redis.js';

let shared: ReturnType<typeof startEmulators> | undefined;
afterAll(async () => (await shared)?.close());

const SPECS = { driver: 'random', labeller: 'constant:left' };
const SEEDS = [1, 2, 9, 4, 5, 6, 7, 8];

interface Asked {
  readonly out: string;
  readonly game: string;
  /** Plays here where left out. */
  readonly queue?: Partial<CollectQueueOptions> & { readonly url: string };
  readonly specs?: CollectQueueOptions['specs'];
  readonly seeds?: readonly number[];
  readonly signal?: AbortSignal;
}

async function collected({ out, game: file, queue, specs = SPECS, seeds = SEEDS, signal }: Asked) {
  shared ??= startEmulators({ processes: 1 });
  const emulators = await shared;
  const game = loadGame(file);
  const { env, ...settings } = game.emulator;
  await using vector = await makeVectorEnv(env, { ...settings, emulators, count: 3 });
  const environments = fromVectorEnv(vector);
  await using driver = await createPolicy(specs.driver, { game });
  await using labeller = await createPolicy(specs.labeller, { game });
  const players = { driver, labeller: specs.driver === specs.labeller ? driver : labeller };
  const play: CollectElsewhere | undefined = queue && collectThroughQueue({ specs, emulators, ...queue });
  return await collect(
    {
      ...{ folder: out, game, ...players, noise: 0.3, seeds, maxDecisions: 12, isExact: true },
      ...{ groups: queue ? [] : [environments], spec: environments.spec, versions: emulators.versions },
      ...(signal ? { signal } : {}),
    },
    play,
  );
}

/** Every file of a dataset, as text that can be compared. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = files.map(async (path) => [path.slice(folder.length), (await readFile(path)).toString('base64')]);
  return Object.fromEntries(await Promise.all(contents));
}

type Parts = readonly Uint8Array[];
const replaced = (part: Uint8Array | undefined, from: RegExp, to: string): Buffer => {
  const text = Buffer.from(part ?? []).toString();
  expect(text).toMatch(from);
  return Buffer.from(text.replace(from, to));
};
const withLabels = (parts: Parts, from: RegExp, to: string): Parts =>
  parts.map((part, index) => (index === 2 ? replaced(part, from, to) : part));

/** What a liar makes of an honest answer, and how it is found out. */
const LIES: Record<string, { readonly lie: (parts: Parts) => Parts | Promise<Parts>; readonly found: RegExp }> = {
  'a score': {
    lie: ([manifest, ...rest]) => [replaced(manifest, /"score": [\d.-]+/, '"score": 99'), ...rest],
    found: /contradicts itself: result\.score/,
  },
  'no labels and frames': { lie: (parts) => parts.slice(0, 2), found: /it has no labels and frames/ },
  'an action that there is not': {
    lie: (parts) => withLabels(parts, /"action":\d+/, '"action":4'),
    found: /names no action/,
  },
  'chance that was none': {
    lie: (parts) => withLabels(parts, /"isNoise":(?:true|false)/g, '"isNoise":true'),
    found: /not what chance and the labels make of it/,
  },
  'too few labels': {
    lie: (parts) => withLabels(parts, /"labels":.*$/s, '"labels":[]}'),
    found: /0 labels for \d+ decisions/,
  },
  'another picture': {
    lie: async ([manifest, steps, labels, frames]) => {
      const { frames: lengths } = JSON.parse(Buffer.from(labels as Uint8Array).toString());
      const black = await encodeFrame({
        ...{ dtype: 'uint8', shape: [256, 256, 3], data: new Uint8Array(256 * 256 * 3) },
      });
      const rest = (frames as Uint8Array).subarray(lengths[0]);
      const told = { ...JSON.parse(Buffer.from(labels as Uint8Array).toString()) };
      told.frames[0] = black.length;
      return [
        manifest as Uint8Array,
        steps as Uint8Array,
        Buffer.from(JSON.stringify(told)),
        Buffer.concat([black, rest]),
      ];
    },
    found: /the frame of step 0 is not what its record saw/,
  },
  'no picture': {
    lie: ([manifest, steps, labels, frames]) => [
      ...[manifest as Uint8Array, steps as Uint8Array, labels as Uint8Array],
      Buffer.alloc((frames as Uint8Array).length, 'x'),
    ],
    found: /damaged/,
  },
};

describe.skipIf(redisCommand === undefined)('a collection through a queue', { timeout: 120_000 }, () => {
  it('is the local one, byte for byte, also where it was ended and taken up again', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    await collected({ out: join(folder, 'local'), game });
    const out = join(folder, 'queue');
    const stop = new AbortController();
    const watcher = { onQueued: () => stop.abort() };
    const ended = await collected({ out, game, signal: stop.signal, queue: { url: redis.url, watcher } });
    expect(ended).toMatchObject({ wasCancelled: true, done: 0 });
    // Nobody is there to take the demonstrations in, and none is lost.
    expect(await lakeWorker(redis.url, game)).toMatchObject({ played: SEEDS.length });
    const resumed = await collected({ out, game, queue: { url: redis.url, replay: 1 } });
    expect(resumed).toMatchObject({ wasCancelled: false, done: SEEDS.length, doneNow: SEEDS.length, failures: [] });
    expect(await filesOf(out)).toEqual(await filesOf(join(folder, 'local')));
    expect(await redis.client((client) => client.hlen('agent:runs'))).toBe(0);
  });

  it('refuses every lie, and its dataset is the honest one', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const lies = Object.entries(LIES);
    const seeds = lies.map((_, index) => index + 1);
    await collected({ out: join(folder, 'local'), game, seeds });
    const told = new Map<number, string>();
    const [stop, away] = [endWithTest(), endWithTest()];
    let honest: Promise<unknown> | undefined;
    const liar = lakeWorker(redis.url, game, {
      signal: stop.signal,
      lie: (seed, parts) => (lies[seed - 1] as (typeof lies)[number])[1].lie(parts),
    });
    const onRefused = ({ seed, reason }: { seed: number | null; reason: string }): void => {
      told.set(seed ?? -1, reason);
      if (told.size < lies.length) return;
      stop.abort();
      honest ??= lakeWorker(redis.url, game, { signal: away.signal });
    };
    const out = join(folder, 'queue');
    const result = await collected({ out, game, seeds, queue: { url: redis.url, watcher: { onRefused } } });
    away.abort();
    await Promise.all([liar, honest]);
    for (const [index, [name, { found }]] of lies.entries()) expect(told.get(index + 1), name).toMatch(found);
    expect(result).toMatchObject({ done: lies.length, failures: [] });
    expect(await filesOf(out)).toEqual(await filesOf(join(folder, 'local')));
  });

  it('finds labels out by playing again that no record could contradict', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const reasons: string[] = [];
    const stop = new AbortController();
    const onRefused = ({ reason }: { reason: string }): void => {
      reasons.push(reason);
      stop.abort();
    };
    const lie = (_: number, parts: Parts): Parts => withLabels(parts, /"action":\d+/g, '"action":2');
    const queue = { url: redis.url, replay: 1, watcher: { onRefused } };
    const asked = { out: join(folder, 'queue'), game, seeds: [3], signal: stop.signal };
    const [result] = await Promise.all([
      collected({ ...asked, queue }),
      lakeWorker(redis.url, game, { signal: stop.signal, lie }),
    ]);
    expect(reasons).toEqual([expect.stringMatching(/played again, its labels are others/)]);
    expect(result).toMatchObject({ done: 0 });
  });
});
