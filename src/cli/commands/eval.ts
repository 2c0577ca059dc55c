/** `agent eval`: policies over many seeds, in a table that can be trusted and taken up again where it was broken off. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { EnvSpec } from '../../core/index.js';
import type { Emulators } from '../../env-bridge/index.js';
import type { EpisodeGroup, EpisodeOutcome, EvaluationEntry, Results } from '../../evaluation/index.js';
import { wholeNumber } from '../shared/arguments.js';
import { CompanionOption } from '../shared/companion-options.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { addEnvironmentOptions, type EnvironmentOptions } from '../shared/environment-options.js';
import type { RequestedEntry } from '../shared/eval-request.js';
import { askedFor, notePolicy, noteStart, type Opened, openEvaluation, type Start } from '../shared/eval-run.js';
import { isComplete, tellCloseCalls, tellEnd, tellStart } from '../shared/eval-tell.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { EVALUATION, OutputFile, OutputFolder } from '../shared/output-options.js';
import { requirePlayable } from '../shared/playable.js';

const EXAMPLES = `
Examples:
  $ agent eval --game carracing --policy pae-lamm --episodes 50
  $ agent eval --game carracing --game spaceinvaders --policy random --policy expert --seeds 100000..100049
  $ agent eval --config games --table runs/reference/games.json
  $ agent eval --game carracing --policy old=pae-lamm:runs/a --policy new=pae-lamm:runs/b --record
  $ agent eval --env FrozenLake-v1 --kwargs '{"map_name": "8x8"}' --observation render --policy random
  $ agent eval --resume runs/RUN
  $ agent eval --resume runs/RUN --retry-failed

Killed at any moment, an evaluation goes on with --resume, or with the same command where --out named its folder.
Each episode that is there is held against its own lines first; what does not hold is set aside and played again.
Scores do not depend on --parallel, --processes or on which episodes run together: docs/evaluation.md.
Exit code 1: an episode failed; the table says how many.`;

const VIDEO_CHOICES = ['extremes', 'all'] as const;
export type VideoChoice = (typeof VIDEO_CHOICES)[number];

export interface EvalOptions extends EmulatorOptions, EnvironmentOptions {
  readonly game?: readonly string[];
  readonly policy?: readonly string[];
  readonly episodes?: number;
  readonly seeds?: string;
  readonly config?: string;
  readonly maxDecisions?: number;
  readonly parallel: number;
  readonly processes?: number;
  readonly record?: true | VideoChoice;
  readonly out?: string;
  readonly resume?: string;
  readonly trustFiles?: boolean;
  readonly retryFailed?: boolean;
  readonly table?: string;
  readonly plain?: boolean;
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export const registerEval: Register = (program, context) => {
  const command = program
    .command('eval')
    .description('score policies over many seeds, with intervals and paired differences')
    .option('-g, --game <game>', 'a game by name or YAML file; may be given several times', collect)
    .option('-p, --policy <policy>', 'as agent play, or NAME=POLICY; may be given several times', collect)
    .option('-n, --episodes <n>', 'episodes a policy and game (default: 10)', wholeNumber(1, 1_000_000))
    .option('--seeds <list>', 'such as 100000..100049 or 3,5,100..109 (default: from 100000 on)')
    .option('-c, --config <name>', 'an evaluation of configs/evaluation, or the path of a YAML file')
    .option('--max-decisions <n>', 'stop each episode after so many decisions', wholeNumber(1, 10_000_000))
    .option('--parallel <n>', 'episodes side by side, at most', wholeNumber(1, 1024), 16)
    .option('--processes <n>', 'emulator processes (default: one a core)', wholeNumber(1, 256))
    .addOption(
      new Option('--record [which]', 'videos: of the best, median and worst episode, or of all').choices(VIDEO_CHOICES),
    )
    .addOption(
      new OutputFolder('-o, --out <folder>', 'folder of the evaluation (default: a new one under runs/)', EVALUATION),
    )
    .addOption(
      new Option('--resume <folder>', 'go on with an evaluation').conflicts([
        'game',
        'env',
        'kwargs',
        'observation',
        'frameSkip',
        'policy',
        'episodes',
        'seeds',
        'config',
        'maxDecisions',
        'out',
        'plain',
      ]),
    )
    .addOption(new OutputFile('--table <file>', 'write the table there too, as JSON', ['.json']))
    .addOption(
      new CompanionOption(
        '--trust-files',
        'with --resume: use the games, scripts and checkpoints that the evaluation names by path',
        ['--resume'],
      ),
    )
    .option('--retry-failed', 'play every failed episode again, not only what failed for want of disk or a service')
    .option('--plain', "use Gymnasium's own emulator where a faster identical one is the default")
    .addHelpText('after', EXAMPLES);
  addEnvironmentOptions(command);
  addEmulatorOptions(command).action((options: EvalOptions) => evaluate(options, context));
};

async function evaluate(options: EvalOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  using interrupt = listenForInterrupt(() => output.note('stopping; the records are being closed …'));
  try {
    const { gitState, programVersions } = await import('../../record/index.js');
    const { findFfmpeg } = await import('../../video/index.js');
    const { lockRun } = await import('../../evaluation/index.js');
    const asked = await askedFor(options, interrupt.signal);
    if (options.record) await findFfmpeg();
    const processes = options.processes ?? availableParallelism();
    const git = await gitState();
    await using emulators = await openEmulators(options, {
      signal: interrupt.signal,
      processes,
      onRecovery: ({ reason }) => output.note(`the emulator process ended (${reason}); a new one took its place`),
    });
    const start: Start = { started: new Date().toISOString(), git, processes, parallel: options.parallel };
    const versions = { ...(await programVersions()), ...emulators.versions };
    const specs = await requirePlayable(asked.request.entries, emulators, interrupt.signal);
    const opened = await openEvaluation(asked, options.out, versions, start);
    await using _lock = await lockRun(opened.folder.path);
    await noteStart(opened, start);
    await tellStart(opened, output);
    const run: Run = { ...opened, options, emulators, specs, versions, git, signal: interrupt.signal, output };
    // All rows first: what is found in one must not surface after hours of another.
    const pending = await takeStockOfAll(run);
    for (const [index, seeds] of pending.entries()) {
      if (!interrupt.signal.aborted) await playOne(run, index, seeds);
    }
    const videos = await recordVideos(run);
    const results = await finish(run);
    tellEnd(run, output, results, videos);
    if (results.rows.some(({ failed }) => failed > 0)) context.setExitCode(1);
    if (interrupt.exitCode !== undefined) context.setExitCode(interrupt.exitCode);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

interface Run extends Opened {
  readonly options: EvalOptions;
  readonly emulators: Emulators;
  /** What the environments are, by the game's name. */
  readonly specs: ReadonlyMap<string, EnvSpec>;
  readonly versions: Readonly<Record<string, string>>;
  readonly git: Start['git'];
  readonly signal: AbortSignal;
  readonly output: Console;
}

/** The seeds that each row still needs. */
async function takeStockOfAll({ folder, entries, options, output }: Run): Promise<number[][]> {
  const { takeStock } = await import('../../evaluation/index.js');
  const pending: number[][] = [];
  for (const index of entries.keys()) {
    const entry = folder.file.entries[index] as EvaluationEntry;
    const seeds = await takeStock(folder, entry, {
      retryFailed: options.retryFailed === true,
      onSetAside: ({ seed, reason, folder: aside }) =>
        output.note(
          `${entry.game} ${entry.policy}${seed === null ? '' : `, seed ${seed}`} is set aside: ${reason}; ` +
            `it is now ${join(folder.path, aside)}`,
        ),
    });
    pending.push(seeds);
  }
  return pending;
}

/** Plays what is missing of one row. */
async function playOne(run: Run, index: number, seeds: readonly number[]): Promise<void> {
  const { folder, request, options, output, signal, emulators, versions, git } = run;
  const entry = run.entries[index] as RequestedEntry;
  const row = rowOf(entry);
  if (seeds.length === 0) return;
  const { createPolicy } = await import('../../players/index.js');
  const { batchInvariant, playEntry } = await import('../../evaluation/index.js');
  const { EvaluationProgress } = await import('../shared/eval-progress.js');
  output.live(`loading ${row.policy} …`);
  const made = await createPolicy(entry.spec, { game: entry.game, signal });
  await using policy = batchInvariant(made);
  await notePolicy(folder, index, policy);
  const progress = new EvaluationProgress(
    {
      title: `${row.game} ${row.policy}`,
      planned: request.seeds.length,
      done: await folder.outcomes(row),
      elsewhere: await lengthsElsewhere(run, row),
      usual: entry.game.usualDecisions,
    },
    output,
  );
  await playEntry({
    game: entry.game,
    policy,
    emulators,
    spec: run.specs.get(row.game),
    seeds,
    parallel: options.parallel,
    maxDecisions: request.maxDecisions,
    plain: request.plain,
    folderOf: (seed) => folder.episodeFolder(row, seed),
    given: process.argv.slice(2),
    versions,
    git,
    watch: (seed) => progress.watch(seed),
    signal,
  });
  output.note(progress.line());
  tellCloseCalls(policy, output);
}

/** Decisions of the episodes that other policies played of the same game. */
async function lengthsElsewhere(
  { folder, entries }: Run,
  { game, policy }: ReturnType<typeof rowOf>,
): Promise<number[]> {
  const others = entries.map(rowOf).filter((row) => row.game === game && row.policy !== policy);
  const outcomes = await Promise.all(others.map((row) => folder.outcomes(row)));
  const { isScored } = await import('../../evaluation/index.js');
  return outcomes
    .flat()
    .filter(isScored)
    .map(({ decisions }) => decisions);
}

async function recordVideos(run: Run): Promise<string[]> {
  const { folder, options, output, emulators, signal } = run;
  if (options.record === undefined || signal.aborted) return [];
  const choice = options.record === true ? 'extremes' : options.record;
  const { makeVideos, seedsToShow } = await import('../shared/eval-videos.js');
  const folders: string[] = [];
  for (const row of run.entries.map(rowOf)) {
    const seeds = seedsToShow(await folder.outcomes(row), choice);
    folders.push(...seeds.map((seed) => folder.episodeFolder(row, seed)));
  }
  const onVideo = (file: string, index: number): void => output.note(`video ${index + 1}/${folders.length}: ${file}`);
  return makeVideos({ folders, emulators, signal, onVideo });
}

/** Writes the table, and that all is done where it is. */
async function finish({ folder, entries, options }: Run): Promise<Results> {
  const { buildResults } = await import('../../evaluation/index.js');
  const groups: EpisodeGroup[] = [];
  for (const entry of entries) {
    const row = rowOf(entry);
    const outcomes: EpisodeOutcome[] = await folder.outcomes(row);
    groups.push({ ...row, seeds: folder.seeds, outcomes, published: entry.game.reference, goal: entry.game.goal });
  }
  const results = buildResults(groups);
  await folder.writeResults(results);
  if (options.table !== undefined) {
    const { writeFileAtomic } = await import('../../core/index.js');
    await writeFileAtomic(resolve(options.table), `${JSON.stringify(results, null, 2)}\n`);
  }
  if (isComplete(results)) await folder.update({ finished: new Date().toISOString() });
  return results;
}

const rowOf = ({ game, policy }: RequestedEntry): { game: string; policy: string } => ({ game: game.name, policy });
