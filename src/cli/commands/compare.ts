/** `agent compare`: several policies play one seed; a video side by side and pictures of the places where they part. */

import { join, relative, resolve } from 'node:path';
import type { Game } from '../../agent/index.js';
import { AgentError, makeFolder, writeFileAtomic } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { Emulators } from '../../env-bridge/index.js';
import type { Parting } from '../../replay/index.js';
import type { NamedRecord } from '../../video/index.js';
import { seed, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import {
  addEnvironmentOptions,
  checkEnvironmentOptions,
  type EnvironmentOptions,
  openGame,
  writtenGame,
} from '../shared/environment-options.js';
import { harmlessName } from '../shared/harmless.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder } from '../shared/output-options.js';
import { openStage } from '../shared/play-stage.js';
import { requirePlayable } from '../shared/playable.js';
import { VIEW_HELP, viewOfRecord } from '../shared/policy-view.js';
import { formatScore } from './replay.js';

const EXAMPLES = `
Examples:
  $ agent compare --game carracing --seed 7 --policies expert,baseline,pae-lamm
  $ agent compare --game spaceinvaders --seed 3 --policies expert,random --no-video
  $ agent compare runs/RUN-OF-ONE runs/RUN-OF-ANOTHER

A folder under runs/ gets the record of each episode, comparison.mp4 (synchronised by decision), partings.png (the places
where the episodes part) and comparison.json.`;

interface CompareOptions extends EmulatorOptions, EnvironmentOptions {
  readonly game?: string;
  readonly policies?: readonly string[];
  readonly seed?: number;
  readonly maxSteps?: number;
  readonly out?: string;
  readonly count: number;
  readonly video: boolean;
  readonly view?: boolean;
}

export const registerCompare: Register = (program, context) => {
  const command = program
    .command('compare')
    .description('let several policies play the same seed, and show them side by side')
    .argument('[runs...]', 'folders of recorded episodes to compare instead of playing')
    .option('-g, --game <game>', 'a name of `agent games`, or the path of a YAML file')
    .option('-p, --policies <list>', 'policies as of agent play, with commas between: expert,baseline,pae-lamm', list)
    .option('-s, --seed <n>', "the seed (default: the game's)", seed)
    .option('--max-steps <n>', 'stop each episode after so many decisions', wholeNumber(1, 10_000_000))
    .option('--count <n>', 'places in partings.png', wholeNumber(1, 20), 4)
    .option('--view', VIEW_HELP)
    .option('--no-video', 'no video, only records and pictures')
    .addOption(new OutputFolder('-o, --out <folder>', 'folder of the comparison (default: a new one under runs/)'))
    .addHelpText('after', EXAMPLES);
  addEnvironmentOptions(command);
  addEmulatorOptions(command).action((runs: string[], options: CompareOptions) => compare(runs, options, context));
};

const list = (text: string): string[] => text.split(',').map((part) => part.trim());

async function compare(runs: readonly string[], options: CompareOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  checkUsage(runs, options);
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  const { signal } = interrupt;
  try {
    const { findFfmpeg } = await import('../../video/index.js');
    if (options.video) await findFfmpeg();
    const game = runs.length > 0 ? undefined : await openGame(await writtenGame(options), options, signal);
    if (game) await checkPolicies(game, options);
    await using emulators = await openEmulators(options, { signal });
    if (game) {
      const players = (options.policies ?? []).map((spec) => ({ game, spec }));
      await requirePlayable(players, emulators, signal);
    }
    const recorded = await openAll(runs);
    const folder = await comparisonFolder(recorded, game, options);
    const episodes = game ? await playAll(folder, options, emulators, signal, output) : recorded;
    const result = await show(episodes, folder, options, emulators, signal, output);
    tell(result, output);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

function checkUsage(runs: readonly string[], options: CompareOptions): void {
  const { policies = [], env, game = env } = options;
  checkEnvironmentOptions(options, options.game);
  const problem = (summary: string, expected: string, got: string): never => {
    throw new AgentError('usage', summary, { expected, got, next: 'agent compare --help shows examples' });
  };
  if (runs.length > 0) {
    if (game !== undefined || policies.length > 0) {
      problem('recorded episodes are not played', 'folders of records, or --game and --policies', 'both');
    }
    const unused = Object.entries({ '--seed': options.seed, '--max-steps': options.maxSteps });
    const [flag] = unused.find(([, value]) => value !== undefined) ?? [];
    if (flag !== undefined) problem('recorded episodes are not played', `no ${flag} beside folders`, flag);
    if (runs.length < 2) problem('one episode cannot be compared', 'two folders or more', runs.join(' '));
    return;
  }
  if (game === undefined) problem('what shall be played?', '--game NAME --policies A,B', 'no --game');
  if (policies.length < 2 || policies.includes('')) {
    problem('who shall be compared?', 'two policies or more: --policies expert,random', policies.join(',') || 'none');
  }
}

async function checkPolicies(game: Game, { policies = [] }: CompareOptions): Promise<void> {
  const { checkPolicy } = await import('../../players/index.js');
  for (const spec of policies) await checkPolicy(spec, { game });
}

/** Made before anything is played, so that a folder that cannot be written costs nothing. */
async function comparisonFolder(
  recorded: readonly NamedRecord[],
  played: Game | undefined,
  options: CompareOptions,
): Promise<string> {
  const { claimRunFolder, createRunFolder } = await import('../../record/index.js');
  if (options.out !== undefined) return claimRunFolder(options.out);
  const manifest = recorded[0]?.record.manifest;
  const game = manifest?.game.name ?? played?.name ?? 'game';
  const seed = manifest?.seed ?? options.seed ?? played?.seeds.default ?? 0;
  return createRunFolder(projectPaths.runs, { started: new Date(), game, policy: 'compare', seed });
}

/** Before anything is made: records that contradict themselves are not shown, nor those that do not belong together. */
async function openAll(runs: readonly string[]): Promise<NamedRecord[]> {
  const { openRecord } = await import('../../record/index.js');
  const { requireConsistent } = await import('../../replay/index.js');
  const { requireSameStart } = await import('../../video/index.js');
  const records = await Promise.all(runs.map((run) => openRecord(run)));
  for (const record of records) await requireConsistent(record);
  if (records.length > 0) requireSameStart(records);
  return named(records.map((record) => ({ name: record.manifest.policy.id, record })));
}

async function playAll(
  folder: string,
  { policies = [], game, env, kwargs, observation, frameSkip, seed, maxSteps }: CompareOptions,
  emulators: Emulators,
  signal: AbortSignal,
  output: Console,
): Promise<NamedRecord[]> {
  const { openRecord } = await import('../../record/index.js');
  const episodes: NamedRecord[] = [];
  let recoveries = 0;
  for (const [index, policy] of policies.entries()) {
    const out = join(folder, `${index + 1}-${policy.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[-.]+/, '')}`);
    const played = game === undefined ? { env, kwargs, observation, frameSkip } : { game };
    const options = { ...played, policy, overlay: true, out };
    output.note(`${policy} plays …`);
    await using stage = await openStage(
      { ...options, ...(seed === undefined ? {} : { seed }), ...(maxSteps === undefined ? {} : { maxSteps }) },
      emulators,
      signal,
      recoveries,
    );
    const end = await stage.play([]);
    recoveries = emulators.recoveries;
    if (end.status === 'failed' || end.status === 'cancelled') {
      throw end.error ?? new AgentError('internal', `the episode of ${policy} did not come to its end`);
    }
    output.note(`${policy}: score ${formatScore(end.score)} after ${end.steps} decisions`);
    episodes.push({ name: policy, record: await openRecord(out) });
  }
  return named(episodes);
}

/** Names that are there twice get numbers. */
function named(episodes: readonly NamedRecord[]): NamedRecord[] {
  return episodes.map(({ name, record }, index) => {
    const isTwice = episodes.filter((other) => other.name === name).length > 1;
    return { name: isTwice ? `${name} (${index + 1})` : name, record };
  });
}

interface Comparison {
  readonly folder: string;
  readonly game: string;
  readonly seed: number;
  readonly episodes: readonly {
    readonly policy: string;
    readonly score: number;
    readonly decisions: number;
    readonly record: string;
  }[];
  readonly partings: readonly Parting[];
  readonly video: string | null;
  readonly strip: string | null;
}

async function show(
  episodes: readonly NamedRecord[],
  folder: string,
  { count, video, view, maxSteps: _ }: CompareOptions,
  emulators: Emulators,
  signal: AbortSignal,
  output: Console,
): Promise<Comparison> {
  const { comparisonStrip, comparisonVideo, decisionsOf } = await import('../../video/index.js');
  const { findPartings, recordedEnv } = await import('../../replay/index.js');
  await makeFolder(folder);
  const factory = recordedEnv({ emulators, signal });
  const look = { signal, ...(view ? { view: viewOfRecord } : {}) };
  const decisions = await Promise.all(episodes.map(({ record }) => decisionsOf(record)));
  const partings = findPartings(decisions, count);
  const strip = partings.length > 0 ? join(folder, 'partings.png') : null;
  if (strip !== null) {
    output.live('drawing the places where they part …');
    await comparisonStrip(
      episodes,
      strip,
      factory,
      partings.map(({ step }) => step),
      look,
    );
  }
  const film = video ? join(folder, 'comparison.mp4') : null;
  const longest = Math.max(...decisions.map(({ length }) => length));
  if (film !== null) {
    const onStep = (step: number): void => output.live(`video: decision ${step} of ${longest}`);
    await comparisonVideo(episodes, film, factory, { ...look, onStep });
  }
  const { game, seed } = (episodes[0] as NamedRecord).record.manifest;
  const comparison: Comparison = {
    folder,
    game: game.name,
    seed,
    episodes: episodes.map(({ name, record }, index) => ({
      policy: name,
      score: decisions[index]?.at(-1)?.score ?? 0,
      decisions: decisions[index]?.length ?? 0,
      record: relative(folder, resolve(record.folder)),
    })),
    partings,
    video: film && relative(folder, film),
    strip: strip && relative(folder, strip),
  };
  await writeFileAtomic(join(folder, 'comparison.json'), `${JSON.stringify(comparison, null, 2)}\n`);
  return comparison;
}

function tell(comparison: Comparison, output: Console): void {
  output.clearLive();
  output.result(comparison);
  const { folder, game, seed, episodes, partings, video, strip } = comparison;
  output.print(output.style(`${harmlessName(game)}, seed ${seed}`, 'bold'));
  const names = episodes.map(({ policy }) => harmlessName(policy));
  const width = Math.max(...names.map(({ length }) => length));
  for (const [i, { score, decisions }] of episodes.entries()) {
    output.print(`  ${names[i]?.padEnd(width)}  score ${formatScore(score).padStart(8)}  ${decisions} decisions`);
  }
  for (const { step, why } of partings) output.print(`  decision ${step}: ${why}`);
  if (strip !== null) output.print(`pictures ${join(folder, strip)}`);
  if (video !== null) output.print(`video    ${join(folder, video)}`);
}
