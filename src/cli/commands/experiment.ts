/** `agent experiment`: a grid of trainings and evaluations from one YAML, in one table and one picture. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { Argument } from 'commander';
import { projectPaths } from '../../core/project-paths.js';
import type {
  ExperimentProgress,
  ExperimentResult,
  ExperimentWatcher,
  Job,
  JobResult,
} from '../../experiment/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { EXPERIMENT, OutputFolder } from '../shared/output-options.js';
import { align, formatDuration, number, range } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent experiment my-experiment.yaml
  $ agent experiment my-experiment.yaml --jobs 8 --out runs/mine
  $ agent experiment my-experiment.yaml --keep-models
  $ agent experiment my-experiment.yaml --json > table.json

Killed or stopped, the same command goes on where it was; what is done is not done again. The folder holds table.json,
experiment.png and experiment.svg, written anew after every job. The YAML's fields: docs/experiments.md
Exit code 1: a job failed, and the table says what is missing; the same command tries it again.`;

interface ExperimentOptions {
  readonly out?: string;
  readonly jobs?: number;
  readonly keepModels?: boolean;
}

export const registerExperiment: Register = (program, context) => {
  program
    .command('experiment')
    .description('train models on demonstrations and evaluate them: a whole grid, in one table')
    .addArgument(new Argument('<config>', 'a YAML file, or a name of configs/experiments'))
    .addOption(
      new OutputFolder('-o, --out <folder>', 'folder of the experiment (default: runs/ and its name)', EXPERIMENT),
    )
    .option('--jobs <n>', 'jobs side by side, each on one thread (default: one a core)', wholeNumber(1, 256))
    .option('--keep-models', 'keep each trained model after its evaluation')
    .addHelpText('after', EXAMPLES)
    .action((config: string, options: ExperimentOptions) => experiment(config, options, context));
};

async function experiment(given: string, options: ExperimentOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { loadExperiment, runExperiment } = await import('../../experiment/index.js');
  const config = loadExperiment(given);
  using interrupt = listenForInterrupt(() => output.note('stopping; the jobs save what they have …'));
  try {
    const result = await runExperiment({
      config,
      folder: options.out ?? join(projectPaths.runs, config.name),
      jobs: options.jobs ?? availableParallelism(),
      keepModels: options.keepModels ?? false,
      signal: interrupt.signal,
      watcher: watch(output),
    });
    output.clearLive();
    tell(result, output);
    if (result.failed.length > 0) context.setExitCode(1);
    if (interrupt.exitCode === undefined) return;
    output.note('the same command goes on from here');
    context.setExitCode(interrupt.exitCode);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function watch(output: Console): ExperimentWatcher {
  const place = ({ done, total }: ExperimentProgress): string =>
    `${String(done).padStart(String(total).length)}/${total}`;
  const left = (progress: ExperimentProgress): string =>
    progress.left === null || progress.done === progress.total ? '' : `; about ${formatDuration(progress.left)} left`;
  return {
    onStart: (progress) => output.note(`${progress.done} of ${progress.total} jobs are done${left(progress)}`),
    onDone: (job, result, seconds, progress) =>
      output.note(
        `${place(progress)}  ${inWords(job)}: ${cameTo(result)}, ${formatDuration(seconds)}${left(progress)}`,
      ),
    onFailed: ({ job, error }, progress) => {
      const { got, where } = error.details;
      const reason = got === undefined ? error.summary : `${error.summary}: ${got}`;
      output.note(`${place(progress)}  ${inWords(job)}: ${reason}`);
      if (where !== undefined) output.note(`  ${where}`);
    },
  };
}

function inWords(job: Job): string {
  const whose = `${job.game}, ${job.demonstrator}`;
  if (job.kind === 'collect') return `${whose}: ${job.seeds.length} demonstrations`;
  if (job.kind === 'reference') return `${whose} itself`;
  return `${whose}: ${job.model}, ${job.budget} episodes, training ${job.trainingSeed}`;
}

function cameTo(result: JobResult): string {
  if ('decisions' in result) return `${result.decisions} decisions, mean score ${number(result.mean)}`;
  const scores = Object.values(result.scores);
  return `mean score ${number(scores.reduce((sum, score) => sum + score, 0) / scores.length)}`;
}

/** The rows over all trainings and the differences; the file has all. */
function tell({ folder, table, failed }: ExperimentResult, output: Console): void {
  output.result({
    folder,
    failed: failed.map(({ job, error }) => ({ job: job.folder, ...error.toEnvelope() })),
    ...table,
  });
  const rows = table.rows.filter(({ training_seed }) => training_seed === 'all');
  output.block(
    align([
      ['game', 'demonstrator', 'model', 'budget', 'episodes', 'failed', 'missing', 'mean', '95 %'],
      ...rows.map((row) => [
        ...[row.game, row.demonstrator, row.model, String(row.budget)],
        ...[row.episodes, row.failed, row.missing].map(String),
        ...[number(row.mean), range(row.interval)],
      ]),
    ]),
  );
  if (table.paired.length > 0) {
    output.print('');
    output.block(
      align([
        ['game', 'demonstrator', 'difference', 'budget', 'mean', '95 %'],
        ...table.paired.map(({ game, demonstrator, a, b, budget, difference, interval }) => [
          ...[game, demonstrator, `${a} − ${b}`, String(budget), number(difference), range(interval)],
        ]),
      ]),
    );
  }
  const shown = relative(process.cwd(), folder);
  output.print('');
  output.print(`${table.complete ? 'whole' : 'not whole yet'}: ${shown.startsWith('..') ? folder : shown}`);
}
