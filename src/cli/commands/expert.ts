/** `agent expert`: experts as packages, from a training run or from a Stable-Baselines3 zip. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Game } from '../../agent/index.js';
import type { JsonObject } from '../../core/index.js';
import type { CommandContext, Register } from '../shared/context.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder } from '../shared/output-options.js';

const EXAMPLES = `
Examples:
  $ agent expert import ppo-CarRacing-v3.zip --game carracing --out models/expert-zoo
  $ agent expert export --run runs/expert-carracing --out models/expert-mine
  $ agent play --game carracing --policy expert:models/expert-mine

A zip is read as data: nothing that it holds is run. Export needs \`agent setup --train\`. docs/experts.md`;

interface ImportOptions {
  readonly game: string;
  readonly out: string;
  readonly preprocessing?: string;
  readonly statistics?: string;
}

interface ExportOptions {
  readonly run: string;
  readonly out: string;
  readonly which: string;
}

export const registerExpert: Register = (program, context) => {
  const group: Command = program
    .command('expert')
    .description('make an expert of a training run or a Stable-Baselines3 zip')
    .addHelpText('after', EXAMPLES);
  group
    .command('import')
    .description('convert a Stable-Baselines3 or rl-zoo3 zip; nothing that it holds is run')
    .argument('<zip>', 'PPO, A2C, TRPO, DQN or QR-DQN with a CNN policy')
    .requiredOption('-g, --game <game>', 'the game it plays: a name of `agent games`, or the path of a YAML file')
    .addOption(new OutputFolder('-o, --out <folder>', 'where the expert goes').makeOptionMandatory())
    .option('--preprocessing <name>', "atari, carracing or a JSON file (default: rl-zoo3's for the game)")
    .option('--statistics <file>', 'its vecnormalize.pkl, where it was trained on normalised observations')
    .action((zip: string, options: ImportOptions) => importCommand(zip, options, context));
  group
    .command('export')
    .description("a training run's best checkpoint")
    .requiredOption('--run <folder>', 'folder of the run')
    .addOption(new OutputFolder('-o, --out <folder>', 'where the expert goes').makeOptionMandatory())
    .addOption(
      new Option('--which <checkpoint>', 'best on the selection seeds, or last')
        .choices(['best', 'last'])
        .default('best'),
    )
    .action(({ run, out, which }: ExportOptions) =>
      convert(['export', '--run', resolve(run), '--which', which], out, context),
    );
};

async function importCommand(
  zip: string,
  { game: name, out, ...options }: ImportOptions,
  context: CommandContext,
): Promise<void> {
  const { loadGame } = await import('../../agent/index.js');
  const { importZip } = await import('../../expert/index.js');
  const game = loadGame(name);
  const provenance = await importZip(zip, { game, out, ...options });
  await tell(out, provenance, game, name, context);
}

/** Runs a conversion of the training's Python. */
async function convert(args: readonly string[], out: string, context: CommandContext): Promise<void> {
  const output = context.output();
  const { runTraining } = await import('../../training/python-process.js');
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const options = { signal: interrupt.signal, onLine: (line: string) => output.note(line) };
    const { result: provenance } = await runTraining([...args, '--out', resolve(out)], options);
    await tell(out, provenance, undefined, undefined, context);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

/** Opens what was written, so that nothing is told done that would not play. */
async function tell(
  out: string,
  provenance: JsonObject,
  played: Game | undefined,
  named: string | undefined,
  context: CommandContext,
): Promise<void> {
  const output = context.output();
  const folder = resolve(out);
  const { Expert } = await import('../../expert/index.js');
  using expert = await Expert.load(folder);
  const { game, algorithm, actions } = expert.config;
  output.result({ expert: folder, game, algorithm, weights_sha256: expert.weightsHash, provenance });
  output.print(`${algorithm} expert of ${game}: ${out}`);
  const where = actions.kind === 'continuous' && played ? continuousEnvironment(played) : `--game ${named ?? game}`;
  output.note(`play it with: agent play ${where} --policy expert:${out}`);
}

/** A game's named actions are discrete; an expert that steers by numbers plays the environment itself. */
function continuousEnvironment({ emulator }: Game): string {
  const { env, frameSkip, observation } = emulator;
  const kwargs = 'continuous' in emulator.kwargs ? { ...emulator.kwargs, continuous: true } : emulator.kwargs;
  return [
    `--env ${env} --kwargs '${JSON.stringify(kwargs)}'`,
    ...(frameSkip > 1 ? [`--frame-skip ${frameSkip}`] : []),
    ...(observation === 'render' ? ['--observation render'] : []),
  ].join(' ');
}
