/** Workers that lie: each answer is refused and counted, and the episode is played again elsewhere. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { runEvaluation } from '../../src/evaluation/index.js';
import {
  type Envelope,
  jobId,
  ownIdentity,
  packEnvelope,
  RowQueue,
  runSchema,
  unpackEnvelope,
} from '../../src/queue/index.js';
import { EpisodeWriter, openRecord, readSteps } from '../../src/record/index.js';
import { temporaryFolder } from '../record/support/records.js';
import { endWithTest, evaluateThrough, lakeFile, lakeWorker } from './support/lake.js';
import { redisCommand, testRedis } from './support/redis.js';

type Parts = readonly Uint8Array[];
const text = (part: Uint8Array | undefined): string => Buffer.from(part ?? []).toString();
const edited = (part: Uint8Array | undefined, from: RegExp, to: string): Buffer => {
  const changed = text(part).replace(from, to);
  expect(changed).not.toBe(text(part));
  return Buffer.from(changed);
};

/** What a liar makes of an honest record, and how it is found out. */
const LIES: Record<string, { readonly lie: (parts: Parts) => Parts; readonly found: RegExp }> = {
  'another score': {
    lie: ([manifest, steps]) => [edited(manifest, /"score": [\d.-]+/, '"score": 99'), steps as Uint8Array],
    found: /contradicts itself: result\.score/,
  },
  'another reward': {
    lie: ([manifest, steps]) => [manifest as Uint8Array, edited(steps, /"reward":0/, '"reward":1')],
    found: /contradicts itself: chain/,
  },
  'lines that are missing': {
    lie: ([manifest, steps]) => [
      manifest as Uint8Array,
      Buffer.from(`${text(steps).split('\n').slice(0, 2).join('\n')}\n`),
    ],
    found: /contradicts itself|cannot be read/,
  },
  'a foreign seed': {
    lie: ([manifest, steps]) => [
      edited(manifest, /"seed": \d+,\n {2}"env"/, '"seed": 4711,\n  "env"'),
      steps as Uint8Array,
    ],
    found: /seed is 4711/,
  },
  'a path for a name': {
    lie: ([manifest, steps]) => [edited(manifest, /"name": "lake"/, '"name": "../../../etc"'), steps as Uint8Array],
    found: /game is \.\.\/\.\.\/\.\.\/etc/,
  },
  'another policy': {
    lie: ([manifest, steps]) => [edited(manifest, /"id": "random"/, '"id": "expert"'), steps as Uint8Array],
    found: /policy is expert/,
  },
  'no manifest': { lie: ([, steps]) => [Buffer.from('{}'), steps as Uint8Array], found: /manifest cannot be read/ },
  'a file too many': { lie: (parts) => [...parts, Buffer.from('#!/bin/sh')], found: /it is no record/ },
  'an episode that goes on': {
    lie: ([manifest, steps]) => [edited(manifest, /"status": "\w+"/, '"status": "running"'), steps as Uint8Array],
    found: /manifest/,
  },
};

describe.skipIf(redisCommand === undefined)('a hostile worker', { timeout: 120_000 }, () => {
  it('is refused with every lie, and the table is the honest one', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const lies = Object.entries(LIES);
    const asked = { games: [game], policies: ['random'], seeds: `1..${lies.length}`, maxDecisions: 15 };
    const local = await runEvaluation({ ...asked, processes: 1, out: join(folder, 'local') });
    const told = new Map<number, string>();
    const out = join(folder, 'queue');
    const [stop, away] = [endWithTest(), endWithTest()];
    let honest: Promise<unknown> | undefined;
    // The liar is alone at first; when each lie was told once, an honest one comes.
    const liar = lakeWorker(redis.url, game, {
      signal: stop.signal,
      lie: (seed, parts) => (lies[seed - 1] as (typeof lies)[number])[1].lie(parts),
    });
    const through = await evaluateThrough(
      redis.url,
      { ...asked, out },
      {
        watcher: {
          onRefused: ({ seed, reason }) => {
            told.set(seed ?? -1, reason);
            if (told.size < lies.length) return;
            stop.abort();
            honest ??= lakeWorker(redis.url, game, { signal: away.signal });
          },
        },
      },
    );
    away.abort();
    await Promise.all([liar, honest]);
    for (const [index, [name, { found }]] of lies.entries()) expect(told.get(index + 1), name).toMatch(found);
    expect(through.complete).toBe(true);
    expect(await readFile(join(out, 'results.json'), 'utf8')).toBe(
      await readFile(join(local.folder, 'results.json'), 'utf8'),
    );
    const { queue } = JSON.parse(await readFile(join(out, 'evaluation.json'), 'utf8'));
    expect(queue.refused).toBeGreaterThanOrEqual(lies.length);
    // Nothing of the lies is left, under whatever name.
    const seeds = lies.map((_, index) => String(index + 1));
    expect((await readdir(join(out, 'episodes', 'lake', 'random'))).sort()).toEqual(seeds.sort());
  });

  it('is found out by a replay where its record is consistent, and made up', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const asked = { games: [game], policies: ['random'], seeds: '1', maxDecisions: 15 };
    const out = join(folder, 'queue');
    const stop = new AbortController();
    const reasons: string[] = [];
    const watcher = {
      onRefused: ({ reason }: { reason: string }) => {
        reasons.push(reason);
        stop.abort();
      },
    };
    const lie = async (_: number, parts: Parts): Promise<Parts> => sealedAnew(await temporaryFolder(), parts);
    const [through] = await Promise.all([
      evaluateThrough(redis.url, { ...asked, out, signal: stop.signal }, { replay: 1, watcher }),
      lakeWorker(redis.url, game, { signal: stop.signal, lie }),
    ]);
    expect(reasons).toEqual([expect.stringMatching(/^played again, reward of step 1 is 0, not 7/)]);
    expect(through.results.rows[0]).toMatchObject({ episodes: 0, missing: 1 });
  });

  it('may put anything into the queue: neither what is too large nor what is no description is played', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const asked = { games: [game], policies: ['random'], seeds: '1,2', maxDecisions: 15 };
    const client = new Redis(redis.url);
    const reasons: string[] = [];
    const stop = new AbortController();
    let honest: Promise<unknown> | undefined;
    const watcher = {
      onQueued: async (run: string) => {
        // 300 MB that would be a gigabyte unpacked need not even be there: its length is enough.
        await client.setrange(`agent:answer:${run}-0:s1:00000000000000aa`, 300 * 2 ** 20, 'x');
        await client.set(`agent:answer:${run}-0:s2:00000000000000bb`, gzipSync(Buffer.alloc(300 * 2 ** 20)));
        const done = async (job: string, answer: string): Promise<void> => {
          await client.lrem(`agent:${run}-0:wait`, 0, job);
          await client.hset(`agent:${run}-0:${job}`, {
            name: 'episode',
            data: '{}',
            returnvalue: JSON.stringify({ answer }),
          });
          await client.zadd(`agent:${run}-0:completed`, 1, job);
        };
        await done('s1', '00000000000000aa');
        await done('s2', '00000000000000bb');
        await done('s99', '00000000000000cc');
        await done('../../../tmp/x', '../../etc');
        await client.hset('agent:runs', { '../etc/passwd': '{}', ffffffffffffffff: 'x'.repeat(300_000) });
        await new RowQueue(client, run, 0).add([77]);
      },
      onRefused: ({ reason }: { reason: string }) => {
        reasons.push(reason);
        if (reasons.length >= 4) honest ??= lakeWorker(redis.url, game, { signal: stop.signal });
      },
    };
    const through = await evaluateThrough(redis.url, { ...asked, out: join(folder, 'queue') }, { watcher });
    stop.abort();
    await honest;
    client.disconnect();
    expect(through.complete).toBe(true);
    expect(reasons.join('\n')).toMatch(/has 314572801 bytes, at most 67108864 are read/);
    expect(reasons.join('\n')).toMatch(/cannot be read/);
    expect(reasons.filter((reason) => reason === 'nobody asked for it').length).toBeGreaterThanOrEqual(2);
    expect((await readdir(join(folder, 'queue', 'episodes', 'lake', 'random'))).sort()).toEqual(['1', '2']);
  });
});

describe('what crosses the queue', () => {
  it('comes out as it went in, and nothing else comes out', async () => {
    const envelope: Envelope = {
      ...{ worker: 'host-1-abc', identity: await ownIdentity({ gymnasium: '1.2.3' }) },
      parts: [randomBytes(1000), Buffer.alloc(0), Buffer.from('x')],
    };
    const packed = await packEnvelope(envelope);
    const { worker, identity, parts } = await unpackEnvelope(packed);
    expect({ worker, identity }).toEqual({ worker: envelope.worker, identity: envelope.identity });
    expect(parts.map((part) => Buffer.from(part).toString('hex'))).toEqual(
      envelope.parts.map((part) => Buffer.from(part).toString('hex')),
    );
    const refused = [
      Buffer.alloc(0),
      packed.subarray(0, -5),
      gzipSync('no header'),
      gzipSync('{"worker":"a/../b"}\n'),
      gzipSync(`${JSON.stringify({ ...envelope, parts: [7] })}\nshort`),
      await packEnvelope({ ...envelope, worker: '../../etc/passwd' }),
    ];
    for (const one of refused) await expect(unpackEnvelope(one)).rejects.toMatchObject({ code: 'record' });
  });

  it('names no path, module or environment', () => {
    const row = {
      ...{ game: 'lake', game_sha256: 'a'.repeat(64), policy: 'random', policy_id: 'random' },
      ...{ provenance: {}, clock: null },
    };
    const identity = { git: null, versions: {}, cpu: { model: 'x', extensions: [] } };
    const run = {
      ...{ format: 1, id: '0'.repeat(16), rows: [row], max_decisions: null, plain: false, identity, allowed: [] },
    };
    expect(runSchema.safeParse(run).success).toBe(true);
    const checkpoint = (name: string) => ({
      ...{ kind: 'expert', sha256: 'b'.repeat(64) },
      files: [{ name, bytes: 1, sha256: 'c'.repeat(64) }],
    });
    const wrong = [
      { ...run, module: './x.mjs' },
      { ...run, rows: [{ ...row, game: '../lake.yaml' }] },
      { ...run, rows: [{ ...row, env: 'os:system-v0' }] },
      { ...run, rows: [{ ...row, checkpoint: checkpoint('../../x') }] },
      { ...run, rows: [{ ...row, checkpoint: checkpoint('/etc/passwd') }] },
      { ...run, rows: [{ ...row, checkpoint: checkpoint('.bashrc') }] },
    ];
    for (const one of wrong) expect(runSchema.safeParse(one).success).toBe(false);
    expect(
      runSchema.safeParse({ ...run, rows: [{ ...row, checkpoint: checkpoint('model.safetensors') }] }).success,
    ).toBe(true);
    expect(jobId(7)).toBe('s7');
  });
});

/** A record with other rewards whose chain, seal and sums are all right. */
async function sealedAnew(folder: string, [manifestText, steps]: Parts): Promise<Parts> {
  await writeFile(join(folder, 'manifest.json'), manifestText as Uint8Array);
  await writeFile(join(folder, 'steps.jsonl'), steps as Uint8Array);
  const record = await openRecord(folder);
  const { game, arguments: args, policy, seed, env, versions, git, result, started } = record.manifest;
  const made = await temporaryFolder();
  const writer = await EpisodeWriter.start(
    made,
    { game, arguments: args, policy, seed, env, versions, git },
    new Date(started),
  );
  for await (const line of readSteps(record)) {
    const { chain: _, ...rest } = line;
    if (rest.step === 0) writer.reset(rest as never);
    else writer.step({ ...rest, reward: 7 } as never);
  }
  await writer.finish({
    ...{ status: record.manifest.status, error: null, counters: result?.counters ?? {}, recoveries: 0 },
    spent: null,
  } as never);
  return Promise.all(['manifest.json', 'steps.jsonl'].map((name) => readFile(join(made, name))));
}
