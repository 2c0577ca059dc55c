/** Evaluations through a real Redis: the table of workers is the local one, whoever comes, goes, dies or lies. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPaths } from '../../src/core/project-paths.js';
import { type QueueProgress, readQueueProgress, runEvaluation } from '../../src/evaluation/index.js';
import { ownIdentity } from '../../src/queue/index.js';
import { temporaryFolder } from '../record/support/records.js';
import { endWithTest, evaluateThrough, lakeFile, lakeWorker } from './support/lake.js';
import { redisCommand, testRedis } from './support/redis.js';

const table = (run: string) => readFile(join(run, 'results.json'), 'utf8');

describe.skipIf(redisCommand === undefined)('an evaluation through a queue', { timeout: 300_000 }, () => {
  it('is the local one, byte for byte in its table', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const asked = { games: [game], policies: ['random', 'noop=constant:left'], seeds: '1..12', maxDecisions: 15 };
    const local = await runEvaluation({ ...asked, processes: 1, out: join(folder, 'local') });
    const out = join(folder, 'queue');
    let told: QueueProgress | null = null as QueueProgress | null;
    const onAccepted = (): void => {
      told ??= readQueueProgress(out);
    };
    const away = endWithTest();
    const working = [1, 2].map(() => lakeWorker(redis.url, game, { signal: away.signal }));
    const through = await evaluateThrough(redis.url, { ...asked, out }, { watcher: { onAccepted } });
    away.abort();
    const workers = await Promise.all(working);
    expect(through.complete).toBe(true);
    // The page is told while it fills; afterwards the folder is that of a local one.
    expect(told).toMatchObject({ refused: 0 });
    expect(told?.open).toBeGreaterThan(0);
    expect(await readdir(out)).toEqual(await readdir(local.folder));
    expect(await table(through.folder)).toBe(await table(local.folder));
    // More, where one was so slow that its episode was given out again.
    expect(workers.reduce((sum, { played }) => sum + played, 0)).toBeGreaterThanOrEqual(24);
    // Nothing is left behind but what the workers said of themselves.
    const left = await redis.client((client) => client.keys('*'));
    expect(left.filter((key) => !key.endsWith(':stalled-check'))).toEqual([]);
  });

  it('leaves its work in the queue when it is ended, and takes it up again', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const asked = { games: [game], policies: ['random'], seeds: '1..10', maxDecisions: 15 };
    const local = await runEvaluation({ ...asked, processes: 1, out: join(folder, 'local') });
    const out = join(folder, 'queue');
    const stop = new AbortController();
    const ended = await evaluateThrough(
      redis.url,
      { ...asked, out, signal: stop.signal },
      { watcher: { onQueued: () => stop.abort() } },
    );
    expect(ended).toMatchObject({ complete: false });
    expect(ended.results.rows[0]).toMatchObject({ planned: 10, missing: 10 });
    // Nobody is there to take the records in, and none is lost.
    expect(await lakeWorker(redis.url, game)).toMatchObject({ played: 10 });
    const resumed = await evaluateThrough(redis.url, { resume: out, trustFiles: true });
    expect(resumed.complete).toBe(true);
    expect(await table(out)).toBe(await table(local.folder));
  });

  it('drains when it is cancelled: what is played is kept, the rest is in no queue any more', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const asked = { games: [game], policies: ['random'], seeds: '1..40', maxDecisions: 15 };
    const out = join(folder, 'queue');
    const stop = new AbortController();
    const enough = { onAccepted: () => stop.abort() };
    const away = endWithTest();
    const worker = lakeWorker(redis.url, game, { parallel: 2, signal: away.signal });
    await evaluateThrough(redis.url, { ...asked, out, signal: stop.signal }, { watcher: enough });
    away.abort();
    await worker;
    const cancelled = await evaluateThrough(redis.url, { resume: out, trustFiles: true }, { isCancelled: true });
    const [row] = cancelled.results.rows;
    expect(row?.episodes).toBeGreaterThan(0);
    expect((row?.episodes ?? 0) + (row?.missing ?? 0)).toBe(40);
    expect(await redis.client((client) => client.hlen('agent:runs'))).toBe(0);
    expect(await redis.client((client) => client.keys('agent:*:s*'))).toEqual([]);
    expect(await lakeWorker(redis.url, game)).toMatchObject({ played: 0 });
  });

  it('refuses workers that differ, or names in its table what they differ in', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const asked = { games: [game], policies: ['random'], seeds: '1..4', maxDecisions: 5 };
    const own = await ownIdentity({});
    const other = { ...own, cpu: { model: 'another', extensions: ['sse2'] } };
    const notes: string[] = [];
    const stop = new AbortController();
    const onNote = (sentence: string): void => void notes.push(sentence);
    const differing = (more: { signal?: AbortSignal } = {}) =>
      lakeWorker(redis.url, game, { onNote, identityChange: { cpu: other.cpu }, ...more });
    const out = join(folder, 'refused');
    const watcher = { onQueued: () => void differing().then(() => stop.abort()) };
    const refused = await evaluateThrough(redis.url, { ...asked, out, signal: stop.signal }, { watcher });
    expect(refused.results.rows[0]).toMatchObject({ episodes: 0, missing: 4 });
    expect(notes.join()).toContain('a processor with sse2 for one with');
    await evaluateThrough(redis.url, { resume: out, trustFiles: true }, { isCancelled: true });

    const away = endWithTest();
    const worker = differing({ signal: away.signal });
    const named = await evaluateThrough(redis.url, { ...asked, out: join(folder, 'allowed') }, { allowed: ['cpu'] });
    away.abort();
    await worker;
    expect(named.complete).toBe(true);
    expect(named.results.rows[0]?.differing).toEqual([expect.stringMatching(/^a processor with sse2 for one with /)]);
  });

  it('fetches weights by their hash, and plays none that are others', async () => {
    const redis = await testRedis();
    const folder = await temporaryFolder();
    const weights = join(folder, 'weights');
    await cp(join(projectPaths.models, 'expert-carracing'), weights, { recursive: true });
    const asked = { games: ['carracing'], policies: [`own=expert:${weights}`], seeds: '7,8', maxDecisions: 4 };
    const local = await runEvaluation({ ...asked, processes: 1, out: join(folder, 'local') });
    const checkpoints = join(folder, 'fetched');
    const away = endWithTest();
    const worker = lakeWorker(redis.url, undefined, { checkpoints, signal: away.signal });
    const through = await evaluateThrough(redis.url, { ...asked, out: join(folder, 'queue') });
    away.abort();
    await worker;
    expect(await table(through.folder)).toBe(await table(local.folder));
    const [hash] = await readdir(checkpoints);
    const whole = await readFile(join(weights, 'model.safetensors'));
    expect((await readFile(join(checkpoints, hash as string, 'model.safetensors'))).equals(whole)).toBe(true);
  });
});
