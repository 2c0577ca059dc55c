/** `agent train play`: a vision-language model learns a game from the expert, then from playing itself. */

import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Game, loadGame, type Policy, withPlay } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { Emulators } from '../../env-bridge/index.js';
import { teacherOf } from '../../expert/teacher/index.js';
import type { RuntimeOptions } from '../../model/index.js';
import { teacherPolicy } from '../../players/index.js';
import type { PlayRunWatcher, PlayWorld } from '../../training/play/options.js';
import { wholeNumber } from '../shared/arguments.js';
import { CompanionOption } from '../shared/companion-options.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder, TRAINING } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';
import { formatDuration, formatScore, percent } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent train play --game carracing --init models/pae-lamm-mini
  $ agent train play --game carracing --init models/frozen-mini --out runs/play-carracing-frozen
  $ agent train play --config configs/training/play-carracing.yaml --init models/pae-lamm-mini
  $ agent train play --game carracing --init models/pae-lamm-mini --demonstrations runs/datasets/carracing

Killed or stopped, the same command goes on where it was. A run's folder holds what was collected, a TensorBoard log,
curve.png, rounds.jsonl (held-out scores) and, at its end, the model. docs/training.md`;

interface TrainPlayOptions extends EmulatorOptions, RuntimeOptions {
  readonly game?: string;
  readonly config?: string;
  readonly init: string;
  readonly expert?: string;
  readonly demonstrations?: readonly string[];
  readonly firstEpisodes?: number;
  readonly out?: string;
  readonly parallel: number;
  readonly processes?: number;
}

export const registerTrainPlay: Register = (group, context) => {
  const command = group
    .command('play')
    .description('train a vision-language model to play: demonstrations, then rounds of its own play (DAgger)')
    .option('-g, --game <game>', 'configs/training/play-GAME.yaml')
    .option('-c, --config <file>', 'the recipe')
    .requiredOption('--init <model>', 'checkpoint to begin with: a folder, or a name of `agent models`')
    .option('--expert <dir>', 'who shows and says what is right (default: the expert shipped for the game)')
    .option(
      '--demonstrations <folder...>',
      'datasets of `agent collect`, or of the rounds of a run, oldest first, instead of collecting one; for one game',
    )
    .addOption(
      new CompanionOption('--first-episodes <n>', 'learn from the first n episodes of each dataset', [
        '--demonstrations',
      ]).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(new OutputFolder('-o, --out <folder>', 'folder of the run (default: runs/play-GAME-MODEL)', TRAINING))
    .option('--parallel <n>', 'episodes at a time', wholeNumber(1, 256), 8)
    .option('--processes <n>', 'emulator processes (default: one a core)', wholeNumber(1, 256))
    .addHelpText('after', EXAMPLES);
  addEmulatorOptions(addRuntimeOptions(command)).action((options: TrainPlayOptions) => trainPlay(options, context));
};

async function trainPlay(options: TrainPlayOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  const { readPlayRecipe } = await import('../../training/play/recipe.js');
  const { trainToPlay } = await import('../../training/play/run.js');
  const { findModel } = await import('../../model/index.js');
  const config = recipePath(options);
  const recipe = await readPlayRecipe(config);
  const init = await findModel(options.init);
  const games = recipe.games.map(({ game }) => asTaught(loadGame(game), recipe.lessons !== undefined));
  const [first] = games;
  if (options.demonstrations !== undefined && games.length > 1) {
    throw new AgentError('usage', 'given demonstrations cannot serve two games', {
      expected: 'a recipe of one game',
      got: config,
    });
  }
  const name = games.length === 1 && first ? first.name : 'games';
  const folder = resolve(options.out ?? join(projectPaths.runs, `play-${name}-${init.split(/[\\/]/).at(-1)}`));
  using interrupt = listenForInterrupt(() => output.note('stopping; the state is being saved …'));
  const { signal } = interrupt;
  const labellers: Policy[] = [];
  try {
    await loadChosenTensorFlow(options);
    const processes = Math.min(options.processes ?? availableParallelism(), options.parallel);
    await using emulators = await openEmulators(options, { signal, processes });
    const worlds: PlayWorld[] = [];
    for (const game of games) {
      const teacher = recipe.lessons ? teacherOf(game) : undefined;
      const labeller = await labellerOf(game, recipe.lessons !== undefined, options.expert, signal);
      labellers.push(labeller);
      const environments = await environmentsOf(game, emulators, options.parallel, signal);
      worlds.push({ game, labeller, environments, ...(teacher ? { teacher } : {}) });
    }
    const result = await trainToPlay({
      recipe,
      folder,
      init,
      worlds,
      ...(options.demonstrations !== undefined && first
        ? { demonstrations: new Map([[first.name, options.demonstrations.map((folder) => resolve(folder))]]) }
        : {}),
      firstEpisodes: options.firstEpisodes,
      signal,
      watcher: watch(output),
    });
    output.clearLive();
    output.result({ run: folder, ...result });
    const shown = relative(process.cwd(), folder);
    output.print(`${result.status} after ${result.steps} steps  run ${shown.startsWith('..') ? folder : shown}`);
    output.print(`model ${result.model}`);
    if (result.status === 'stopped') context.setExitCode(interrupt.exitCode ?? 1);
  } catch (error) {
    output.clearLive();
    context.setExitCode(interruptedExitCode(interrupt, error));
  } finally {
    for (const labeller of labellers) await labeller[Symbol.asyncDispose]();
  }
}

function recipePath({ game, config }: TrainPlayOptions): string {
  if (config !== undefined) return config;
  if (game !== undefined) return join(projectPaths.configs, 'training', `play-${loadGame(game).name}.yaml`);
  throw new AgentError('usage', 'what shall be learned?', { expected: '--game NAME or --config FILE' });
}

/** Who is not taught to say what it sees is not asked for it either. */
function asTaught(game: Game, isTaught: boolean): Game {
  return isTaught || game.sights.length === 0 ? game : withPlay(game, { sights: 'off' });
}

/** Who shows and says what is right: the expert, or the game's scripted teacher where the recipe asks for lessons. */
async function labellerOf(
  game: ReturnType<typeof loadGame>,
  isTaught: boolean,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<Policy> {
  if (isTaught && folder !== undefined) {
    throw new AgentError('usage', 'this recipe is taught by a scripted teacher, not by an expert', {
      expected: 'no --expert, or a recipe without `lessons`',
      got: `--expert ${folder}`,
    });
  }
  if (isTaught) return teacherPolicy(game);
  const { createPolicy } = await import('../../players/index.js');
  return createPolicy(folder === undefined ? 'expert' : `expert:${folder}`, { game, signal });
}

async function environmentsOf(
  { emulator }: ReturnType<typeof loadGame>,
  emulators: Emulators,
  count: number,
  signal: AbortSignal,
): Promise<PlayWorld['environments']> {
  const { fromVectorEnv, tellingItsFile } = await import('../../agent/index.js');
  const { makeVectorEnv } = await import('../../env-bridge/index.js');
  const { env, ...settings } = emulator;
  const make = () => makeVectorEnv(env, { ...settings, emulators, signal, count });
  return fromVectorEnv(await tellingItsFile(emulator, make));
}

function watch(output: Console): PlayRunWatcher {
  let begun: { readonly step: number; readonly at: number } | undefined;
  return {
    onNote: (text) => output.note(text),
    onCollect: (game, round, { done, planned, steps, milliseconds }) => {
      begun = undefined;
      const who = round === 0 ? 'the expert plays' : `round ${round}: the model plays`;
      const rate = (steps / milliseconds) * 1000;
      output.progress(() => `${game}, ${who}: ${done} of ${planned} episodes, ${rate.toFixed(0)} decisions/s`);
    },
    onStep: ({ step, total, round, loss }) => {
      begun ??= { step, at: performance.now() };
      const rate = step > begun.step ? ((step - begun.step) / (performance.now() - begun.at)) * 1000 : 0;
      const left = rate > 0 ? `  ${rate.toFixed(2)} steps/s  ${formatDuration((total - step) / rate)} left` : '';
      output.progress(() => `step ${step} of ${total}  round ${round}  loss ${loss.toFixed(3)}${left}`);
    },
    onRound: ({ round, step, games }) => {
      begun = undefined;
      for (const { game, scores, agreement } of games) {
        const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
        const { plain, swapped } = agreement;
        output.note(
          `round ${round}, step ${step}: ${game} held-out score ${formatScore(mean)} over ${scores.length} episodes; ` +
            `agrees with the expert in ${percent(plain, 0)}, told with swapped names in ${percent(swapped, 0)}`,
        );
      }
    },
  };
}
