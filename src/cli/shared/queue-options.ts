/** The options of `agent eval` and `agent collect` that have episodes played by the workers of a queue. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CollectElsewhere } from '../../datasets/index.js';
import type { Emulators } from '../../env-bridge/index.js';
import type { PlayElsewhere } from '../../evaluation/index.js';
import type { CollectQueueOptions, QueueOptions } from '../../queue/index.js';
import { wholeNumber } from './arguments.js';
import { CompanionOption } from './companion-options.js';
import type { Console } from './console.js';
import { queueWatcher } from './queue-tell.js';

/** As the room of the queue has them; written here so that `--help` loads nothing. */
const DIFFERENCES = ['commit', 'packages', 'cpu'] as const;

export interface QueueWords {
  readonly queue?: string;
  readonly allowDifferent?: (typeof DIFFERENCES)[number][];
  readonly checkpoints?: string;
  readonly replayShare?: number;
  readonly cancel?: boolean;
  readonly metrics?: number;
}

/** @param mayDiffer whether workers may be let differ: in a table that can be named */
export function addQueueOptions(command: Command, { mayDiffer }: { readonly mayDiffer: boolean }): void {
  const companion = (flags: string, description: string) => new CompanionOption(flags, description, ['--queue']);
  command
    .addOption(
      new Option('--queue <url>', 'let the workers of a queue play (agent worker): redis://HOST:PORT').conflicts([
        ...['shard', 'merge', 'cache', 'maxCost', 'maxRequests', 'maxTokens', 'env'],
      ]),
    )
    .addOption(companion('--checkpoints <folder>', 'with --queue: a folder that workers see too, for your own weights'))
    .addOption(
      companion('--replay-share <p>', 'with --queue: the share of records that is played again here, 0 to 1')
        .argParser(shareOf)
        .default(0),
    )
    .addOption(
      companion('--metrics <port>', 'with --queue: numbers for Prometheus at /metrics').argParser(
        wholeNumber(0, 65535),
      ),
    )
    .addOption(
      companion('--cancel', 'with --queue: take the work out of the queue, and be content with what there is'),
    );
  if (!mayDiffer) return;
  command.addOption(
    companion('--allow-different <what>', `let workers differ, and name it in the table: ${DIFFERENCES.join(', ')}`)
      .choices(DIFFERENCES)
      .argParser((value: string, before: string[] = []) => {
        if ((DIFFERENCES as readonly string[]).includes(value)) return [...before, value];
        throw new InvalidArgumentError(`expected one of ${DIFFERENCES.join(', ')}`);
      }),
  );
}

/** Undefined where the episodes are played here. */
export function chosenQueue(options: QueueWords, output: Console): PlayElsewhere | undefined {
  const { queue: url, allowDifferent: allowed = [] } = options;
  if (url === undefined) return undefined;
  return (work) =>
    watched(url, options, output, ({ throughQueue }, asked) => throughQueue({ ...asked, allowed })(work));
}

/** As `chosenQueue`, for demonstrations. @param specs who drives and who labels, as they were asked for */
export function chosenCollectQueue(
  options: QueueWords,
  specs: CollectQueueOptions['specs'],
  emulators: Emulators,
  output: Console,
): CollectElsewhere | undefined {
  const { queue: url } = options;
  if (url === undefined) return undefined;
  return (collection) =>
    watched(url, options, output, ({ collectThroughQueue }, asked) =>
      collectThroughQueue({ ...asked, specs, emulators })(collection),
    );
}

/** Has episodes played through the queue, and tells of it: on the terminal, and to Prometheus where that is wished. */
async function watched<T>(
  url: string,
  { checkpoints, replayShare: replay = 0, cancel, metrics }: QueueWords,
  output: Console,
  play: (queue: typeof import('../../queue/index.js'), asked: QueueOptions) => Promise<T>,
): Promise<T> {
  const queue = await import('../../queue/index.js');
  await using served = metrics === undefined ? undefined : await queue.serveMetrics(metrics, '127.0.0.1');
  if (served) output.note(`numbers for Prometheus: ${served.url}`);
  const watcher = queueWatcher(output, (now) => served?.run(now));
  return await play(queue, { url, checkpoints, replay, isCancelled: cancel === true, watcher });
}

/** The command line as records keep it. */
export async function wordsWithoutSecrets(words: readonly string[]): Promise<string[]> {
  if (!words.some((word) => word.includes('://'))) return [...words];
  const { withoutSecrets } = await import('../../queue/connection.js');
  return words.map(withoutSecrets);
}

function shareOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}
