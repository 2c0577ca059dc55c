/**
 * Episodes that take no time through the queue, against bare BullMQ: the same jobs, the same compressed answers, taken
 * out of BullMQ's own events and thrown away. Ours also unpacks, checks and keeps every record as two files. One worker
 * process, one Redis with an append-only file. BENCH_EPISODES sets how many (100,000).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { EvaluationFolder, runEvaluation } from '../src/evaluation/index.js';
import { RecordKeeper } from '../src/queue/accept-record.js';
import { Coordinator, type RunDescription, withdrawRun } from '../src/queue/index.js';
import { type BenchmarkRow, fromEnvironment, row } from './benchmark.js';
import { lakeFile } from './lib/lake.js';
import { TestRedis } from './lib/redis.js';
import { readTemplate, type Template } from './lib/simulated-record.js';

const MIB = 2 ** 20;
const TELL_MS = 10_000;
const tell = (what: string, done: number, of: number): void => console.error(`${what}: ${done} of ${of} episodes`);

interface Measured {
  readonly perSecond: number;
  /** Bytes of Redis for each job that waits, and at the most. */
  readonly waitingBytes: number;
  readonly mostBytes: number;
  /** Of the coordinator's process at the most, beyond what it had before. */
  readonly coordinatorBytes: number;
}

export default async function measure(): Promise<BenchmarkRow[]> {
  const episodes = fromEnvironment('BENCH_EPISODES', 100_000);
  const folder = await mkdtemp(join(tmpdir(), 'bench-queue-'));
  const redis = await TestRedis.start();
  try {
    const template = await makeTemplate(folder);
    const few = Math.ceil(episodes / 4);
    const ours = (count: number, name: string) => throughOurs(redis, folder, template, count, name);
    await ours(200, 'warm');
    const quarter = await ours(few, 'quarter');
    const whole = await ours(episodes, 'whole');
    const bare = await throughBare(redis, folder, episodes);
    const what = `${episodes} simulated episodes`;
    return [
      row(`${what}, against bare BullMQ`, whole.perSecond, bare.perSecond, 'episodes/s', '>= 0.5'),
      row(`of ${few}: the same, against that of ${episodes}`, quarter.perSecond, whole.perSecond, 'episodes/s', null),
      row('memory of Redis, a waiting episode, against bare', whole.waitingBytes, bare.waitingBytes, 'bytes', null),
      row('the same, against that of a quarter of them', whole.waitingBytes, quarter.waitingBytes, 'bytes', '<= 1.2'),
      row('memory of Redis at the most', whole.mostBytes / MIB, bare.mostBytes / MIB, 'MiB', null),
      row('memory of the coordinator beyond its start', whole.coordinatorBytes / MIB, null, 'MiB', null),
      row('the same, of a quarter of them', quarter.coordinatorBytes / MIB, null, 'MiB', null),
    ];
  } finally {
    await redis.remove();
    // Not before: a file system that was just told to delete thousands of files makes new ones more slowly.
    await rm(folder, { recursive: true, force: true });
  }
}

/** One decision in the real environment, recorded. */
async function makeTemplate(folder: string): Promise<Template & { readonly evaluation: string }> {
  const evaluation = join(folder, 'template');
  const games = [await lakeFile(folder)];
  const asked = { games, policies: ['random'], seeds: '1', maxDecisions: 1, processes: 1 };
  await runEvaluation({ ...asked, out: evaluation });
  return { ...(await readTemplate(join(evaluation, 'episodes', 'lake', 'random', '1'))), evaluation };
}

async function throughOurs(
  { url }: TestRedis,
  folder: string,
  { manifest, evaluation }: Template & { readonly evaluation: string },
  count: number,
  name: string,
): Promise<Measured> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const template = (await EvaluationFolder.open(evaluation)) as EvaluationFolder;
  const seeds = Array.from({ length: count }, (_, seed) => seed);
  const file = { ...template.file, seeds: `0..${count - 1}` };
  const target = await EvaluationFolder.create({ exactly: join(folder, name) }, file);
  const [entry] = template.file.entries as [EvaluationFolder['file']['entries'][number]];
  const identity = { git: manifest.git, versions: manifest.versions, cpu: { model: 'simulated', extensions: [] } };
  const { game, game_sha256, policy_id, provenance } = entry;
  const described = {
    game,
    game_sha256,
    policy: 'random',
    policy_id: policy_id as string,
    provenance: provenance ?? {},
  };
  const run: RunDescription = {
    ...{ format: 1, id: Buffer.from(name.padEnd(8, '-').slice(0, 8)).toString('hex'), identity, allowed: [] },
    ...{ rows: [{ ...described, clock: null }], max_decisions: 1, plain: false },
  };
  // From the first answer on: how long a process takes to start is neither's.
  let started = 0;
  const keeper = new RecordKeeper({ folder: target, identity, allowed: [] });
  const coordinator = new Coordinator({
    ...{ redis: connection, run, asked: new Set(seeds), pending: new Map([[0, seeds]]) },
    accept: (_, seed, envelope) => {
      started ||= performance.now();
      return keeper.accept(entry, seed, envelope);
    },
    onRefused: ({ reason }) => {
      throw new Error(`an answer was refused: ${reason}`);
    },
    signal: new AbortController().signal,
  });
  const memory = await Memory.watch(connection);
  const progress = setInterval(() => tell(name, count - coordinator.open, count), TELL_MS);
  await coordinator.enqueue();
  const waitingBytes = (await memory.used()) / count;
  const worker = startWorker(['ours', url, '', join(evaluation, 'episodes', 'lake', 'random', '1')]);
  try {
    await coordinator.run();
  } finally {
    clearInterval(progress);
    worker.end();
  }
  const perSecond = count / ((performance.now() - started) / 1000);
  await withdrawRun(connection, run.id);
  await coordinator.obliterate();
  connection.disconnect();
  return { perSecond, waitingBytes, ...memory.stop() };
}

async function throughBare({ url, port }: TestRedis, folder: string, count: number): Promise<Measured> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection, defaultJobOptions: { removeOnComplete: true } });
  const events = new QueueEvents('bare', { connection: { host: '127.0.0.1', port } });
  await events.waitUntilReady();
  const memory = await Memory.watch(connection);
  for (let at = 0; at < count; at += 500) {
    const page = Array.from({ length: Math.min(500, count - at) }, (_, i) => at + i);
    await queue.addBulk(page.map((seed) => ({ name: 'episode', data: { seed }, opts: { jobId: `s${seed}` } })));
  }
  const waitingBytes = (await memory.used()) / count;
  let done = 0;
  let started = 0;
  const all = new Promise<void>((resolve) => {
    events.on('completed', () => {
      started ||= performance.now();
      done++;
      if (done === count) resolve();
    });
  });
  const progress = setInterval(() => tell('bare', done, count), TELL_MS);
  const worker = startWorker(['bare', url, 'bare', join(folder, 'template', 'episodes', 'lake', 'random', '1')]);
  try {
    await all;
  } finally {
    clearInterval(progress);
    worker.end();
  }
  const perSecond = count / ((performance.now() - started) / 1000);
  await events.close();
  await queue.obliterate({ force: true });
  connection.disconnect();
  return { perSecond, waitingBytes, ...memory.stop() };
}

/** What Redis and this process need, beyond what they had, looked at twice a second. */
class Memory {
  readonly #start: number;
  #most = 0;
  #mostOfRedis = 0;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly redis: Redis,
    private readonly before: number,
  ) {
    this.#start = process.memoryUsage().rss;
    this.#timer = setInterval(() => void this.used().catch(() => {}), 500);
  }

  static async watch(redis: Redis): Promise<Memory> {
    return new Memory(redis, await usedBy(redis));
  }

  async used(): Promise<number> {
    this.#most = Math.max(this.#most, process.memoryUsage().rss - this.#start);
    const bytes = (await usedBy(this.redis)) - this.before;
    this.#mostOfRedis = Math.max(this.#mostOfRedis, bytes);
    return bytes;
  }

  stop(): { readonly mostBytes: number; readonly coordinatorBytes: number } {
    clearInterval(this.#timer);
    return { mostBytes: this.#mostOfRedis, coordinatorBytes: this.#most };
  }
}

async function usedBy(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}

function startWorker(args: readonly string[]): { end(): void } {
  const script = join(import.meta.dirname, 'lib', 'queue-worker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  return { end: () => void child.stdin.end() };
}
