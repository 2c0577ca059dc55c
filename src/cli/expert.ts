/** `agent expert`: experts as packages, from a training run or from a Stable-Baselines3 zip. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { CommandContext, Register } from './context.js';
import { interruptedExitCode, listenForInterrupt } from './interrupt.js';
import { OutputFolder } from './output-options.js';
import { openTrainingGame } from './training-game.js';

const EXAMPLES = `
Examples:
  $ agent expert import ppo-CarRacing-v3.zip --game carracing --out models/expert-zoo
  $ agent expert export --run runs/expert-carracing --out models/expert-mine
  $ agent play --game carracing --policy expert:models/expert-mine

Both need \`agent setup --train\`; playing what they write does not. docs/experts.md`;

interface ImportOptions {
  readonly game: string;
  readonly out: string;
  readonly preprocessing?: string;
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
    .description('convert a Stable-Baselines3 or rl-zoo3 zip that you trust: loading it can run code that it holds')
    .argument('<zip>', 'PPO, A2C, DQN or QR-DQN with a CNN policy')
    .requiredOption('-g, --game <game>', 'the game it plays')
    .addOption(new OutputFolder('-o, --out <folder>', 'where the expert goes').makeOptionMandatory())
    .option('--preprocessing <name>', "atari, carracing or a JSON file (default: rl-zoo3's for the game)")
    .action(async (zip: string, { game, out, preprocessing }: ImportOptions) => {
      const named = preprocessing === undefined ? [] : ['--preprocessing', preprocessing];
      await convert(['import', resolve(zip), '--game', await openTrainingGame(game), ...named], out, context);
    });
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

/** Runs a conversion and opens what it wrote, so that nothing is told done that would not play. */
async function convert(args: readonly string[], out: string, context: CommandContext): Promise<void> {
  const output = context.output();
  const { runTraining } = await import('../expert/training-process.js');
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const folder = resolve(out);
    const options = { signal: interrupt.signal, onLine: (line: string) => output.note(line) };
    const { result: provenance } = await runTraining([...args, '--out', folder], options);
    const { Expert } = await import('../expert/index.js');
    using expert = await Expert.load(folder);
    const { game, algorithm } = expert.config;
    output.result({ expert: folder, game, algorithm, weights_sha256: expert.weightsHash, provenance });
    output.print(`${algorithm} expert of ${game}: ${out}`);
    output.note(`play it with: agent play --game ${game} --policy expert:${out}`);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}
