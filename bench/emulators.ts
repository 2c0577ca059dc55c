/**
 * The emulators against plain Gymnasium: within one Python process, through the bridge, over several processes, and
 * Space Invaders against Gymnasium's own preprocessing and vector environment. Both sides take turns, round by round.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { makeEnv, makeVectorEnv } from '../src/env-bridge/index.js';
import type { Benchmark, BenchmarkRow } from './benchmark.js';
import { CAR_RACING, SPACE_INVADERS } from './lib/games.js';
import { playRound } from './lib/play-round.js';
import { PythonProcess, pythonScript } from './lib/python-process.js';
import { median } from './lib/sampling.js';

const ENVIRONMENTS = 8;
/** Fewer than any game of Space Invaders lasts, so that no round contains a reset. */
const ATARI_DECISIONS = 90;
const ROUNDS = 9;

/** What `lib/side_by_side.py --json` prints. */
interface InProcess {
  readonly rows: readonly (Omit<BenchmarkRow, 'goal'> & { readonly goal: number | null })[];
  readonly microseconds_per_decision: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const benchmark: Benchmark = async () => {
  const rows = await inOneProcess();
  rows.push(await racingThroughBridge(4, 240, '>= 8'));
  rows.push(await racingThroughBridge(1, 800, '>= 4'));
  if (availableParallelism() > 1) rows.push(await racingOverProcesses());
  rows.push(await spaceInvaders('gray', '>= 2'));
  rows.push(await spaceInvaders('rgb', '>= 2'));
  return rows;
};

export default benchmark;

/** Both sides in one Python process, and what the time of one of our decisions is spent on. */
async function inOneProcess(): Promise<BenchmarkRow[]> {
  const { executable, path, env } = pythonScript('side_by_side.py');
  const { stdout } = await promisify(execFile)(executable, [path, '--json'], { env });
  // Libraries print their greetings on standard output: the result is the last line.
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as InProcess;
  const compared = result.rows.map((row) => ({
    ...row,
    measure: `in one Python process: ${row.measure}`,
    goal: row.goal === null ? null : `>= ${row.goal}`,
  }));
  const spent = Object.entries(result.microseconds_per_decision).flatMap(([setting, parts]) =>
    Object.entries(parts)
      .sort(([, one], [, other]) => other - one)
      .map(([part, microseconds]) => information(`CarRacing, ${setting}, of a decision: ${part}`, microseconds, 'µs')),
  );
  return [...compared, ...spent];
}

/** One environment behind the bridge against `gymnasium.make` in its own process, on the same drive. */
async function racingThroughBridge(frameSkip: number, decisions: number, goal: string): Promise<BenchmarkRow> {
  await using python = new PythonProcess('plain_racing.py', [String(frameSkip), String(decisions)]);
  const { seed, actions } = JSON.parse(await python.receive()) as { seed: number; actions: number[] };
  await using env = await makeEnv(CAR_RACING.id, { ...CAR_RACING.options, frameSkip });
  await env.reset({ seed });
  const size = Math.floor(actions.length / ROUNDS);
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const part = actions.slice(round * size, (round + 1) * size);
    const began = performance.now();
    for (const action of part) await env.step(action);
    const ours = (performance.now() - began) / 1000;
    python.send(part);
    pairs.push([size / ours, size / (await secondsFrom(python))]);
  }
  const measure = `CarRacing, frame skip ${frameSkip}, through the bridge, against gymnasium.make in Python`;
  return comparison(measure, pairs, goal);
}

/** What a second process brings, where there is a core for it. */
async function racingOverProcesses(): Promise<BenchmarkRow> {
  const options = { ...CAR_RACING.options, count: ENVIRONMENTS };
  await using two = await makeVectorEnv(CAR_RACING.id, { ...options, processes: 2 });
  await using one = await makeVectorEnv(CAR_RACING.id, { ...options, processes: 1 });
  const pairs = await rounds(CAR_RACING.decisions, CAR_RACING.actions, async (seeds, actions) => [
    await playRound(two, seeds, actions),
    await playRound(one, seeds, actions),
  ]);
  return comparison(
    `CarRacing, frame skip 4, ${ENVIRONMENTS} environments: two processes against one`,
    pairs,
    '>= 1.8',
  );
}

/** As many processes as cores here; eight of `AsyncVectorEnv` on the same cores there. */
async function spaceInvaders(color: 'gray' | 'rgb', goal: string): Promise<BenchmarkRow> {
  await using envs = await makeVectorEnv(SPACE_INVADERS.id, { ...SPACE_INVADERS.options, color, count: ENVIRONMENTS });
  await using python = new PythonProcess('async_atari.py');
  python.send({ count: ENVIRONMENTS, full: color === 'rgb' });
  const { shape } = JSON.parse(await python.receive()) as { shape: number[] };
  const pairs = await rounds(ATARI_DECISIONS, SPACE_INVADERS.actions, async (seeds, actions) => {
    const ours = await playRound(envs, seeds, actions);
    python.send({ seeds, actions });
    return [ours, await secondsFrom(python)];
  });
  const [mine, theirs] = [envs.spec.observationSpace.shape, shape].map((each) => each.slice(0, 2).join('×'));
  return comparison(
    `Space Invaders, ${color}, ${ENVIRONMENTS} environments through the bridge (${mine}) against ` +
      `AtariPreprocessing (${theirs}) in AsyncVectorEnv`,
    pairs,
    goal,
  );
}

/** Decisions a second of ours and of the peer in one round. */
type Pair = readonly [ours: number, peer: number];

/** Rounds of `play`, which returns the seconds of both sides; the first only warms up. */
async function rounds(
  decisions: number,
  actionCount: number,
  play: (seeds: number[], actions: number[][]) => Promise<[number, number]>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const seeds = Array.from({ length: ENVIRONMENTS }, (_, env) => round * 10 + env);
    const actions = Array.from({ length: decisions }, (_, step) =>
      seeds.map((seed) => Math.floor(step / 3 + seed * 7) % actionCount),
    );
    const [ours, peer] = await play(seeds, actions);
    const steps = decisions * ENVIRONMENTS;
    if (round > 0) pairs.push([steps / ours, steps / peer]);
  }
  return pairs;
}

async function secondsFrom(python: PythonProcess): Promise<number> {
  return (JSON.parse(await python.receive()) as { seconds: number }).seconds;
}

function comparison(measure: string, pairs: readonly Pair[], goal: string): BenchmarkRow {
  return {
    measure,
    ours: median(pairs.map(([ours]) => ours)),
    peer: median(pairs.map(([, peer]) => peer)),
    unit: 'decisions/s',
    ratio: median(pairs.map(([ours, peer]) => ours / peer)),
    goal,
  };
}

function information(measure: string, ours: number, unit: string): BenchmarkRow {
  return { measure, ours, peer: null, unit, ratio: null, goal: null };
}
