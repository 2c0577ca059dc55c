/**
 * An evaluation through a queue while workers, the coordinator and Redis (with an append-only file) are killed at 100
 * random moments. No speed is measured: what counts is that no episode is lost, none counted twice, and every table is
 * the local one. BENCH_KILLS sets how many.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchmarkRow, fromEnvironment, row } from './benchmark.js';
import { lakeFile } from './lib/lake.js';
import { killAtRandom } from './lib/queue-kills.js';
import { evaluationWork } from './lib/queue-work.js';

export default async function measure(): Promise<BenchmarkRow[]> {
  const kills = fromEnvironment('BENCH_KILLS', 100);
  const folder = await mkdtemp(join(tmpdir(), 'bench-queue-kills-'));
  try {
    const onTell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
    const seeds = 150;
    const game = await lakeFile(folder);
    const work = evaluationWork(game, seeds);
    const randomSeed = Date.now() % 2 ** 31;
    const result = await killAtRandom({ folder, game, work, kills, workers: 2, randomSeed, onTell });
    return [
      row('workers killed with SIGKILL', result.kills.worker, null, 'times', null),
      row('coordinators killed', result.kills.coordinator, null, 'times', null),
      row('Redis killed', result.kills.redis, null, 'times', null),
      row(`evaluations of ${2 * seeds} episodes that came to their end`, result.ended, null, 'evaluations', '>= 1'),
      row('of these, with another table than the local one', result.others, null, 'evaluations', '<= 0'),
      row('episodes lost', result.lost, null, 'episodes', '<= 0'),
      row('episodes counted twice', result.surplus, null, 'episodes', '<= 0'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
