/**
 * The environment bridge against the same environments in process in Python: steps a second, the time of a round trip
 * beyond the emulator's own, and memory over 100,000 steps. Ours and the peer take turns, round by round.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer } from 'zeromq';
import { isLast } from '../src/core/index.js';
import { makeEnv, makeVectorEnv } from '../src/env-bridge/index.js';
import { type Benchmark, type BenchmarkRow, ratioOf } from './benchmark.js';
import { CAR_RACING, type Game, SPACE_INVADERS } from './lib/games.js';
import { playRound } from './lib/play-round.js';
import { PythonProcess } from './lib/python-process.js';
import { collectGarbage, median, quantile, residentMebibytes } from './lib/sampling.js';

const ROUNDS = 5;
/** Against Python: one environment, eight in one process, eight over all cores. */
const GOALS: Readonly<Record<string, readonly [string, string, string]>> = {
  [CAR_RACING.name]: ['>= 0.8', '>= 0.9', '>= 1'],
  [SPACE_INVADERS.name]: ['>= 1', '>= 1', '>= 1.5'],
};
const FRAME_BYTES = 96 * 96 * 3;

const benchmark: Benchmark = async () => {
  const rows: BenchmarkRow[] = [];
  const cores = availableParallelism();
  for (const game of [CAR_RACING, SPACE_INVADERS]) {
    const [alone, batch, spread] = GOALS[game.name] as [string, string, string];
    rows.push(await throughput(game, 1, 1, alone));
    rows.push(await throughput(game, 8, 1, batch));
    if (cores > 1) rows.push(await throughput(game, 8, cores, spread));
  }
  rows.push(await resets(SPACE_INVADERS));
  rows.push(...(await roundTrips()));
  rows.push(...(await memory()));
  return rows;
};

export default benchmark;

async function throughput(game: Game, count: number, processes: number, goal: string): Promise<BenchmarkRow> {
  await using envs = await makeVectorEnv(game.id, { ...game.options, count, processes });
  await using python = new PythonProcess('in_process.py');
  python.send({ env: game.id, ...peerFields(game), count });
  await python.receive();
  const steps = game.decisions * count;
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const seeds = Array.from({ length: count }, (_, env) => round * 10 + env);
    const actions = Array.from({ length: game.decisions }, (_, step) =>
      seeds.map((seed) => Math.floor(step / 3 + seed * 7) % game.actions),
    );
    const seconds = await playRound(envs, seeds, actions);
    python.send({ seeds, actions });
    const inProcess = JSON.parse(await python.receive()) as { seconds: number };
    if (round === 0) continue; // warms both up
    ours.push(steps / seconds);
    peer.push(steps / inProcess.seconds);
  }
  const environments = count === 1 ? '1 environment' : `${count} environments`;
  const where = processes === 1 ? 'one process' : `${processes} processes`;
  const ratios = ours.map((value, round) => value / (peer[round] as number));
  return {
    measure: `${game.name}, ${environments} in ${where}, against Python in one process`,
    ours: median(ours),
    peer: median(peer),
    unit: 'steps/s',
    ratio: median(ratios),
    goal,
  };
}

/** A reset with a seed that was not there before; Gymnasium's loads the cartridge. */
async function resets(game: Game): Promise<BenchmarkRow> {
  await using env = await makeEnv(game.id, game.options);
  await using python = new PythonProcess('in_process.py');
  python.send({ env: game.id, ...peerFields(game), count: 1 });
  await python.receive();
  const ours: number[] = [];
  const peer: number[] = [];
  for (let seed = 0; seed <= 20; seed++) {
    const began = performance.now();
    await env.reset({ seed });
    const milliseconds = performance.now() - began;
    python.send({ seeds: [seed], actions: [] });
    const { seconds } = JSON.parse(await python.receive()) as { seconds: number };
    if (seed === 0) continue; // the first loads here as well
    ours.push(milliseconds);
    peer.push(seconds * 1000);
  }
  const ratio = ratioOf(median(ours), median(peer));
  const measure = `${game.name}, a seeded reset, against Python in one process`;
  return { measure, ours: median(ours), peer: median(peer), unit: 'ms', ratio, goal: null };
}

function peerFields({ options }: Game): object {
  return {
    kwargs: options.kwargs,
    frame_skip: options.frameSkip,
    max_pool: options.maxPool ?? false,
    observation: 'native',
    color: 'rgb',
    actions: null,
    render: false,
    plain: false,
  };
}

/** One request in flight: what the bridge adds to the emulator's own time, and what bare sockets would. */
async function roundTrips(): Promise<BenchmarkRow[]> {
  const [bridge, bare] = [await bridgeRoundTrips(4000), await bareRoundTrips(4000)];
  const row = (q: number, goal: string | null): BenchmarkRow => ({
    measure: `round trip of a 96×96×3 frame beyond the emulator's time, p${q * 100}`,
    ours: quantile(bridge, q),
    peer: null,
    unit: 'µs',
    ratio: null,
    goal,
  });
  const compared = (q: number, goal: string): BenchmarkRow => {
    const [ours, peer] = [quantile(bridge, q), quantile(bare, q)];
    const measure = `the same, p${q * 100}, against bare ZeroMQ sockets`;
    return { measure, ours, peer, unit: 'µs', ratio: ratioOf(ours, peer), goal };
  };
  return [row(0.5, '<= 120'), row(0.99, null), compared(0.5, '<= 1'), compared(0.99, '<= 1.5')];
}

/** Of CarRacing at frame skip 1 with an idle car: the least emulator time around a real frame. */
async function bridgeRoundTrips(count: number): Promise<number[]> {
  await using env = await makeEnv(CAR_RACING.id, { kwargs: { continuous: false } });
  const samples: number[] = [];
  let isOver = true;
  while (samples.length < count) {
    if (isOver) await env.reset({ seed: samples.length });
    const began = performance.now();
    const step = await env.step(0);
    samples.push((performance.now() - began) * 1000 - step.emulatorMicroseconds);
    isOver = isLast(step);
  }
  return samples.slice(count / 10);
}

async function bareRoundTrips(count: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const socket = new Dealer({ linger: 0 });
  try {
    const endpoint = `ipc://${join(folder, 'socket')}`;
    await using python = new PythonProcess('bare_echo.py', [endpoint, String(FRAME_BYTES)]);
    await python.receive();
    socket.connect(endpoint);
    const samples: number[] = [];
    for (let index = 0; index < count; index++) {
      const began = performance.now();
      await socket.send('{"id":1,"op":"step","envs":[1],"actions":[0],"frames":false}');
      await socket.receive();
      samples.push((performance.now() - began) * 1000);
    }
    return samples.slice(count / 10);
  } finally {
    socket.close();
    await rm(folder, { recursive: true });
  }
}

/** Resident memory of the server, and what this process holds, before and after 100,000 steps. */
async function memory(): Promise<BenchmarkRow[]> {
  const count = 8;
  const steps = 100_000;
  await using envs = await makeVectorEnv(SPACE_INVADERS.id, { ...SPACE_INVADERS.options, count, processes: 1 });
  const play = (decisions: number, seed: number): Promise<number> => {
    const seeds = Array.from({ length: count }, (_, env) => seed + env);
    const actions = Array.from({ length: decisions }, (_, step) =>
      seeds.map((each) => (each + step) % SPACE_INVADERS.actions),
    );
    return playRound(envs, seeds, actions);
  };
  await play(1500, 1);
  const before = [residentMebibytes(envs.emulators.pids[0] as number), heldMebibytes()] as const;
  await play(steps / count, 2);
  const after = [residentMebibytes(envs.emulators.pids[0] as number), heldMebibytes()] as const;
  const row = (measure: string, index: 0 | 1, goal: string): BenchmarkRow => ({
    measure,
    ours: after[index] - before[index],
    peer: null,
    unit: 'MiB',
    ratio: null,
    goal,
  });
  return [
    row(`growth of the server's memory over 100,000 steps, from ${before[0].toFixed(0)} MiB`, 0, '<= 4'),
    row('growth of what the client holds over 100,000 steps', 1, '<= 8'),
  ];
}

function heldMebibytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
