/**
 * Kills workers, the coordinator and Redis with SIGKILL at random moments, again and again, while an evaluation or a
 * collection goes through a queue, and starts each anew at once. All that comes to its end is held against a local one.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/core/index.js';
import { projectRoot } from '../../src/core/project-paths.js';
import type { Comparison, QueueWork } from './queue-work.js';
import { TestRedis } from './redis.js';

export interface KillOptions {
  readonly folder: string;
  /** The game's file, and what is done with it. */
  readonly game: string;
  readonly work: QueueWork;
  readonly kills: number;
  readonly workers: number;
  /** Of the moments and the victims. */
  readonly randomSeed: number;
  readonly onTell?: (sentence: string) => void;
}

export interface KillResult {
  readonly kills: { readonly worker: number; readonly coordinator: number; readonly redis: number };
  /** Evaluations or collections that came to their end meanwhile. */
  readonly ended: number;
  /** Of these, those that are not the local one, byte for byte. */
  readonly others: number;
  readonly lost: Comparison['lost'];
  readonly surplus: Comparison['surplus'];
}

export async function killAtRandom(options: KillOptions): Promise<KillResult> {
  const { folder, game, work, kills: most, onTell } = options;
  const random = createRandom(options.randomSeed, 'queue kills');
  // A dataset has the name of its folder.
  const local = join(folder, 'local', 'work');
  await run([...work.words(local), ...work.localWords]);
  const redis = await TestRedis.start();
  const queue = ['--queue', redis.url];
  const worker = ['worker', ...queue, '--game', game, '--processes', '1', '--parallel', '8', '--lock', '3', '--quiet'];
  const workers = Array.from({ length: options.workers }, () => new Kept(worker));
  const result = { kills: { worker: 0, coordinator: 0, redis: 0 }, ended: 0, others: 0, lost: 0, surplus: 0 };
  const count = (): number => result.kills.worker + result.kills.coordinator + result.kills.redis;
  try {
    while (count() < most || result.ended === 0) {
      const out = join(folder, String(result.ended), 'work');
      const coordinator = new Kept([...work.words(out), ...queue]);
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
      const { isOther, lost, surplus } = await work.compare(local, out);
      result.ended++;
      if (isOther) result.others++;
      result.lost += lost;
      result.surplus += surplus;
      onTell?.(
        `${count()} kills, ${result.ended} came to their end, ${result.others} of them other than the local one`,
      );
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
