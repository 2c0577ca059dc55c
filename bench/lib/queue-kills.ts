/**
 * Kills workers, the coordinator and Redis with SIGKILL at random moments, again and again, while an evaluation goes
 * through a queue, and starts each anew at once. Every evaluation that comes to its end is held against a local one.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/core/index.js';
import { projectRoot } from '../../src/core/project-paths.js';
import { lakeFile } from './lake.js';
import { TestRedis } from './redis.js';

const POLICIES = ['random', 'right=constant:right'];
const ROWS = ['random', 'right'];

export interface KillOptions {
  readonly folder: string;
  readonly kills: number;
  readonly seeds: number;
  readonly workers: number;
  /** Of the moments and the victims. */
  readonly randomSeed: number;
  readonly onTell?: (sentence: string) => void;
}

export interface KillResult {
  readonly kills: { readonly worker: number; readonly coordinator: number; readonly redis: number };
  /** Evaluations that came to their end meanwhile. */
  readonly evaluations: number;
  /** Of these, those whose table is not the local one, byte for byte. */
  readonly otherTables: number;
  /** Episodes that are missing, and folders that are there beside one an episode. */
  readonly lost: number;
  readonly surplus: number;
}

export async function killAtRandom(options: KillOptions): Promise<KillResult> {
  const { folder, kills: most, seeds, onTell } = options;
  const random = createRandom(options.randomSeed, 'queue kills');
  const game = await lakeFile(folder);
  const asked = ['-g', game, ...POLICIES.flatMap((policy) => ['-p', policy])];
  const common = [...asked, '--seeds', `1..${seeds}`, '--max-decisions', '20', '--processes', '1', '--quiet'];
  await run(['eval', ...common, '--out', join(folder, 'local')]);
  const table = await readFile(join(folder, 'local', 'results.json'), 'utf8');
  const redis = await TestRedis.start();
  const queue = ['--queue', redis.url];
  const worker = ['worker', ...queue, '--game', game, '--processes', '1', '--parallel', '8', '--lock', '3', '--quiet'];
  const workers = Array.from({ length: options.workers }, () => new Kept(worker));
  const result = {
    kills: { worker: 0, coordinator: 0, redis: 0 },
    evaluations: 0,
    otherTables: 0,
    lost: 0,
    surplus: 0,
  };
  const count = (): number => result.kills.worker + result.kills.coordinator + result.kills.redis;
  try {
    while (count() < most || result.evaluations === 0) {
      const out = join(folder, `evaluation-${result.evaluations}`);
      const coordinator = new Kept(['eval', ...common, ...queue, '--out', out]);
      while (!coordinator.isDone) {
        await Promise.race([sleep(300 + random.next() * 2500), coordinator.done]);
        if (coordinator.isDone || count() >= most) {
          await coordinator.done;
          break;
        }
        const victims = ['worker', 'worker', 'coordinator', 'redis'] as const;
        const victim = victims[random.integer(victims.length)] as (typeof victims)[number];
        result.kills[victim]++;
        if (victim === 'worker') workers[random.integer(workers.length)]?.kill();
        else if (victim === 'coordinator') coordinator.kill();
        else {
          await redis.kill();
          await redis.start();
        }
      }
      result.evaluations++;
      if ((await readFile(join(out, 'results.json'), 'utf8')) !== table) result.otherTables++;
      for (const row of ROWS) {
        const there = new Set(await readdir(join(out, 'episodes', 'lake', row)));
        for (let seed = 1; seed <= seeds; seed++) if (!there.delete(String(seed))) result.lost++;
        result.surplus += there.size;
      }
      onTell?.(`${count()} kills, ${result.evaluations} evaluations, ${result.otherTables} other tables`);
    }
    return result;
  } finally {
    for (const one of workers) one.end();
    await redis.remove();
  }
}

/** A command that is started again when it was killed, until it ends by itself. */
class Kept {
  isDone = false;
  readonly done: Promise<void>;
  #process: ReturnType<typeof start> | undefined;
  #isEnded = false;

  constructor(args: readonly string[]) {
    this.done = this.#keep(args);
  }

  kill(): void {
    this.#process?.child.kill('SIGKILL');
  }

  end(): void {
    this.#isEnded = true;
    this.kill();
  }

  async #keep(args: readonly string[]): Promise<void> {
    while (!this.#isEnded) {
      this.#process = start(args);
      const { signal, code, errors } = await this.#process.ended;
      if (signal === 'SIGKILL') continue;
      if (code !== 0) {
        // Redis was just being started: a person would start it once more, and so does a scheduler.
        if (/queue is not reached/.test(errors)) {
          await sleep(500);
          continue;
        }
        throw new Error(`agent ${args.slice(0, 1)} ended with ${code}: ${errors.slice(-2000)}`);
      }
      break;
    }
    this.isDone = true;
  }
}

async function run(args: readonly string[]): Promise<void> {
  const { code, errors } = await start(args).ended;
  if (code !== 0) throw new Error(errors);
}

function start(args: readonly string[]) {
  const child = spawn(join(projectRoot, 'agent'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = `${errors}${data}`.slice(-20_000);
  });
  const ended = new Promise<{ code: number | null; signal: string | null; errors: string }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, errors }));
  });
  return { child, ended };
}
