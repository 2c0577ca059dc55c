/**
 * A checkpoint behind `agent serve-model` against the same checkpoint in process: eight episodes of Space Invaders side
 * by side, the time of a single decision, and the service's memory over 10,000 requests. The service is a process of
 * its own. BENCH_DECISIONS (100) sets the decisions of an episode, BENCH_REQUESTS the requests (10,000).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FIRST_EVALUATION_SEED, loadGame, type Policy, type Situation } from '../src/agent/index.js';
import { createRandom, type Frame } from '../src/core/index.js';
import { startEmulators } from '../src/env-bridge/index.js';
import { playEntry } from '../src/evaluation/index.js';
import { createPolicy } from '../src/players/index.js';
import { programVersions } from '../src/record/index.js';
import { type BenchmarkRow, fromEnvironment, row } from './benchmark.js';
import { median } from './lib/sampling.js';

const GAME = loadGame('spaceinvaders');
const MODEL = 'pae-lamm-spaceinvaders';
const PARALLEL = 8;
const SINGLE = 200;
const ROUNDS = 3;

export default async function measure(): Promise<BenchmarkRow[]> {
  const decisions = fromEnvironment('BENCH_DECISIONS', 100);
  const requests = fromEnvironment('BENCH_REQUESTS', 10_000);
  const folder = await mkdtemp(join(tmpdir(), 'bench-serving-'));
  await using service = await startService();
  try {
    const endpoint = join(folder, 'endpoint.yaml');
    await writeFile(endpoint, `base_url: ${service.url}\nanswers: schema\ntemperature: 0\n`);
    await using local = await createPolicy('pae-lamm', { game: GAME });
    await using remote = await createPolicy(`endpoint:${endpoint}:${MODEL}`, { game: GAME });
    const [overHttp, inProcess] = [[], []] as [number[], number[]];
    for (let round = 0; round <= ROUNDS; round++) {
      const peer = await decisionsPerSecond(local, decisions, join(folder, `local-${round}`));
      const ours = await decisionsPerSecond(remote, decisions, join(folder, `remote-${round}`));
      if (round === 0) continue; // warms both up
      inProcess.push(peer);
      overHttp.push(ours);
    }
    const [single, alone] = [await singleDecisions(remote), await singleDecisions(local)];
    const growth = await memoryGrowth(remote, service.pid, requests);
    return [
      row(
        `${PARALLEL} episodes over HTTP, against in process`,
        median(overHttp),
        median(inProcess),
        'decisions/s',
        '>= 0.8',
      ),
      row('a single decision over HTTP, against in process, p50', single, alone, 'ms', null),
      row('what HTTP adds to a single decision, p50', single - alone, null, 'ms', '<= 5'),
      row(`growth of the service's memory over ${requests} requests`, growth, null, 'MiB', '<= 32'),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function startService() {
  const agent = fileURLToPath(new URL('../agent', import.meta.url));
  const child = spawn(agent, ['serve-model', MODEL, '--port', '0', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const url = /http:\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the service says no address: ${line}`);
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  };
  return { url, pid: child.pid as number, [Symbol.asyncDispose]: stop };
}

async function decisionsPerSecond(policy: Policy, decisions: number, folder: string): Promise<number> {
  await using emulators = await startEmulators({ processes: 1 });
  const seeds = Array.from({ length: PARALLEL }, (_, i) => FIRST_EVALUATION_SEED + i);
  const began = performance.now();
  const ends = await playEntry({
    ...{ game: GAME, policy, emulators, seeds, parallel: PARALLEL, signal: new AbortController().signal },
    ...{ folderOf: (seed: number) => join(folder, String(seed)), maxDecisions: decisions, plain: false, given: [] },
    ...{ versions: await programVersions(), git: null },
  });
  const seconds = (performance.now() - began) / 1000;
  const failed = ends.find(({ error }) => error !== null);
  if (failed?.error) throw failed.error;
  return ends.reduce((sum, end) => sum + end.steps, 0) / seconds;
}

/** Milliseconds of one decision alone, every one with a new newest frame; median. */
async function singleDecisions(policy: Policy): Promise<number> {
  const times: number[] = [];
  for await (const seconds of decisionsOf(policy, SINGLE)) times.push(seconds * 1000);
  return median(times.slice(SINGLE / 10));
}

async function memoryGrowth(policy: Policy, pid: number, requests: number): Promise<number> {
  for await (const _ of decisionsOf(policy, Math.ceil(requests / 10)));
  const before = residentMebibytes(pid);
  for await (const _ of decisionsOf(policy, requests));
  return residentMebibytes(pid) - before;
}

async function* decisionsOf(policy: Policy, count: number): AsyncGenerator<number> {
  const random = createRandom(1, 'frames');
  const frame = (): Frame => {
    const data = Uint8Array.from({ length: 210 * 160 * 3 }, () => 0);
    for (let i = 0; i < 200; i++) data[random.integer(data.length)] = 255;
    return { dtype: 'uint8', shape: [210, 160, 3], data };
  };
  const episode = 'bench';
  await policy.begin({ episode, seed: 1, game: GAME, env: {} as never });
  let frames = Array.from({ length: GAME.frames }, frame);
  for (let step = 0; step < count; step++) {
    frames = [...frames.slice(1), frame()];
    const situation: Situation = { episode, step, frames, observation: frames.at(-1) as Frame, attempt: 0 };
    const began = performance.now();
    const [answer] = await policy.act([situation]);
    yield (performance.now() - began) / 1000;
    if (answer?.kind !== 'text') throw new Error(`no answer: ${JSON.stringify(answer)}`);
  }
  await policy.end(episode);
}

function residentMebibytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
