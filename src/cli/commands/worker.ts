/** `agent worker`: plays episodes that `agent eval --queue` hands out. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { projectPaths } from '../../core/project-paths.js';
import { several, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { tellWorkers } from '../shared/worker-table.js';

interface WorkerCommandOptions extends EmulatorOptions {
  readonly queue: string;
  readonly parallel: number;
  readonly processes?: number;
  readonly idle?: number;
  readonly game?: readonly string[];
  readonly checkpoints?: string;
  readonly metrics?: number;
  readonly metricsHost: string;
  readonly status?: boolean;
  readonly lock: number;
}

const EXAMPLES = `
Examples:
  $ agent worker --queue redis://queue.example:6379
  $ AGENT_REDIS_PASSWORD=… agent worker --queue rediss://agent@queue.example:6380 --idle 300
  $ agent worker --queue redis://queue.example:6379 --status

It plays shipped games, and those of --game. Weights come by their hash, through the queue or out of --checkpoints.
Ctrl-C gives back what is being played. docs/queue.md`;

export const registerWorker: Register = (program, context) => {
  const command = program
    .command('worker')
    .description('play episodes of the evaluations in a queue')
    .requiredOption('--queue <url>', 'redis://HOST:PORT, or rediss:// for TLS')
    .option('--parallel <n>', 'episodes side by side', wholeNumber(1, 1024), 16)
    .option('--processes <n>', 'emulator processes (default: one a core)', wholeNumber(1, 256))
    .option('--idle <seconds>', 'end after so long without work (default: wait on)', wholeNumber(1, 1_000_000))
    .option('-g, --game <file>', 'the YAML file of a game that is not shipped; may be given several times', several)
    .option('--checkpoints <folder>', 'where weights are kept that are not shipped (default: .runtime/checkpoints)')
    .option('--lock <seconds>', 'silence after which its episodes are given to others', wholeNumber(1, 3600), 30)
    .option('--metrics <port>', 'numbers for Prometheus at /metrics', wholeNumber(0, 65535))
    .option('--metrics-host <address>', 'where to listen for that', '127.0.0.1')
    .option('--status', 'show all workers of the queue, and play nothing')
    .addHelpText('after', EXAMPLES);
  addEmulatorOptions(command).action((options: WorkerCommandOptions) => work(options, context));
};

async function work(options: WorkerCommandOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('giving back what is being played …'));
  try {
    if (options.status) await showStatus(options.queue, output, interrupt.signal);
    else await play(options, output, interrupt.signal);
    if (interrupt.exitCode !== undefined) context.setExitCode(interrupt.exitCode);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

async function showStatus(url: string, output: Console, signal: AbortSignal): Promise<void> {
  const { connectRedis, readWorkers } = await import('../../queue/index.js');
  const redis = await connectRedis(url, { signal });
  try {
    tellWorkers(await readWorkers(redis), output);
  } finally {
    redis.disconnect();
  }
}

async function play(options: WorkerCommandOptions, output: Console, signal: AbortSignal): Promise<void> {
  const { openRow, ownIdentity, runWorker, serveMetrics } = await import('../../queue/index.js');
  const { parallel, processes = availableParallelism(), idle, game: games = [], lock } = options;
  const { checkpoints = join(projectPaths.runtime, 'checkpoints'), metrics } = options;
  output.live(`starting ${processes} emulators …`);
  await using emulators = await openEmulators(options, { signal, processes });
  const identity = await ownIdentity(emulators.versions);
  await using served = metrics === undefined ? undefined : await serveMetrics(metrics, options.metricsHost);
  if (served) output.note(`numbers for Prometheus: ${served.url}`);
  const report = await runWorker({
    ...{ url: options.queue, identity, parallel, idleSeconds: idle, signal },
    timing: { lockDuration: lock * 1000, stalledInterval: Math.max(500, (lock * 1000) / 3) },
    open: (run, row, redis) => openRow(run, row, { redis, identity, emulators, games, checkpoints, parallel, signal }),
    onNote: (sentence) => output.note(sentence),
    onReport: (now) => {
      served?.worker(now);
      output.progress(() => `${now.row ?? 'waiting for work'}: ${now.played} played, ${now.active} being played`);
    },
  });
  output.clearLive();
  output.result({ worker: report.name, played: report.played });
  output.print(`${report.played} episodes played`);
}
