/** Decisions a second and memory against the number of environments. */
import { availableParallelism } from 'node:os';
import { makeVectorEnv } from '../../src/env-bridge/index.js';
import { type BenchmarkRow, curvePoint } from '../benchmark.js';
import { CAR_RACING, type Game, SPACE_INVADERS } from '../lib/games.js';
import { playRound } from '../lib/play-round.js';
import { residentMebibytes } from '../lib/sampling.js';

const COUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** Decisions of a point, over all its environments, but at least so many of each. */
const DECISIONS = 2000;
const FEWEST = 8;

/** Both games, in one emulator process and in one for each core. */
export async function environmentRows(): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  const processes = [...new Set([1, availableParallelism()])];
  for (const game of [CAR_RACING, SPACE_INVADERS]) {
    for (const each of processes) {
      for (const count of COUNTS.filter((one) => one >= each)) rows.push(...(await point(game, count, each)));
    }
  }
  return rows;
}

async function point(game: Game, count: number, processes: number): Promise<BenchmarkRow[]> {
  await using envs = await makeVectorEnv(game.id, { ...game.options, count, processes });
  const seeds = Array.from({ length: count }, (_, env) => env);
  const play = async (decisions: number): Promise<number> => {
    const actions = Array.from({ length: decisions }, (_, step) =>
      seeds.map((seed) => Math.floor(step / 3 + seed * 7) % game.actions),
    );
    return (count * decisions) / (await playRound(envs, seeds, actions));
  };
  await play(FEWEST); // warms up
  const speed = await play(Math.max(FEWEST, Math.round(DECISIONS / count)));
  const memory = envs.emulators.pids.reduce((sum, pid) => sum + residentMebibytes(pid), 0);
  const line = `${game.name}, ${processes === 1 ? 'one process' : `${processes} processes`}`;
  const of = (plot: string, value: number, unit: string): BenchmarkRow =>
    curvePoint({ plot, line, x: count, across: 'environments (log)' }, value, unit);
  return [
    of('decisions a second against environments', speed, 'decisions/s'),
    of('memory of the emulators against environments', memory, 'MiB'),
  ];
}
