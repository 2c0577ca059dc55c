/**
 * The command line's entry: parses arguments, runs one command and answers with an exit code: 0 done, 1 failed,
 * 2 wrong usage, 128 + n ended by a signal. Commands load their rooms when they run, so that `--help` stays instant.
 */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { AgentError, type ErrorCode } from '../core/index.js';
import { programVersion } from '../core/project-paths.js';
import { registerAsk } from './commands/ask.js';
import { registerCollect } from './commands/collect.js';
import { registerCompare } from './commands/compare.js';
import { registerCompletion } from './commands/completion.js';
import { registerDatasets } from './commands/datasets.js';
import { registerDoctor } from './commands/doctor.js';
import { registerEval } from './commands/eval.js';
import { registerExperiment } from './commands/experiment.js';
import { registerExpert } from './commands/expert.js';
import { registerEyeTest } from './commands/eyetest.js';
import { registerFeatures } from './commands/features.js';
import { registerGames } from './commands/games.js';
import { registerInstructions } from './commands/instructions.js';
import { registerKeys } from './commands/keys.js';
import { registerLanguage } from './commands/language.js';
import { registerModels } from './commands/models.js';
import { registerParse } from './commands/parse.js';
import { registerPixels } from './commands/pixels.js';
import { registerPlay } from './commands/play.js';
import { registerReconstruct } from './commands/reconstruct.js';
import { registerReplay } from './commands/replay.js';
import { registerReport } from './commands/report.js';
import { registerSegment } from './commands/segment.js';
import { registerServe } from './commands/serve.js';
import { registerServeModel } from './commands/serve-model.js';
import { registerSights } from './commands/sights.js';
import { registerTrain } from './commands/train.js';
import { registerTurns } from './commands/turns.js';
import { registerView } from './commands/view.js';
import { registerWorker } from './commands/worker.js';
import { checkCompanions } from './shared/companion-options.js';
import { Console } from './shared/console.js';
import type { Register } from './shared/context.js';
import { checkEmptyWords } from './shared/empty-words.js';
import { tellHangup } from './shared/interrupt.js';
import { knownWords, withOptionHint } from './shared/option-hints.js';
import { addOverwriteOption, checkOutputs } from './shared/output-options.js';

const COMMANDS: readonly Register[] = [
  registerPlay,
  registerReplay,
  registerEval,
  registerCompare,
  registerReport,
  registerView,
  registerSights,
  registerInstructions,
  registerGames,
  registerParse,
  registerModels,
  registerAsk,
  registerCollect,
  registerReconstruct,
  registerSegment,
  registerEyeTest,
  registerLanguage,
  registerPixels,
  registerFeatures,
  registerDatasets,
  registerTrain,
  registerExperiment,
  registerExpert,
  registerDoctor,
  registerServe,
  registerTurns,
  registerServeModel,
  registerKeys,
  registerWorker,
  registerCompletion,
];

const EXAMPLES = `
Examples:
  $ agent play --game carracing --seed 7
  $ agent play --game spaceinvaders --policy constant:fire --seed 3 --record
  $ agent play --env ALE/Breakout-v5 --policy random --seed 1
  $ agent replay runs/RUN --video episode.mp4
  $ agent eval --game carracing --policy expert --policy random --episodes 50
  $ agent report runs/RUN …
  $ agent doctor

Set-up: runs by itself when something is missing; agent setup [--gpu|--cpu] does it by hand and chooses TensorFlow's
build; --train adds what training an expert needs (6 GB). AGENT_PYTHON names a Python of your own for the emulators,
AGENT_TENSORFLOW=cpu|gpu the build, AGENT_RUNTIME the folder of all that is installed.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.`;

/** What the words on the command line can be wrong about; everything else is a failure. */
const WRONG_USAGE: ReadonlySet<ErrorCode> = new Set(['usage', 'unknown_game', 'unknown_env', 'illegal_action']);

/** Runs the command that `args` (without node and script) names; resolves to the exit code and never rejects. */
export async function main(args: readonly string[]): Promise<number> {
  outliveReaders();
  endWithParent();
  // A limit of file sizes (ulimit -f) is an error of the write then, as a full disk is, and not the end of the process.
  process.on('SIGXFSZ', () => {});
  let exitCode = 0;
  const program = new Command('agent')
    .description('Play video games from pixels with vision-language models, experts and scripts, and keep the proof.')
    .version(programVersion(), '-V, --version')
    .option('--json', 'print one JSON document instead of text, failures too')
    .option('-q, --quiet', 'no progress, only results and errors')
    .showHelpAfterError('(agent --help shows the commands, agent COMMAND --help its options)')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(withOptionHint(text, program, args)) });
  let made: Console | undefined;
  const output = (): Console => {
    made ??= new Console({ json: program.opts().json === true, quiet: program.opts().quiet === true });
    return made;
  };
  for (const register of COMMANDS) {
    register(program, { output, setExitCode: (code) => (exitCode = code) });
  }
  program.hook('preAction', (_, command) => {
    checkEmptyWords(command);
    checkCompanions(command);
    return checkOutputs(command);
  });
  // Global options may stand behind the command's name too: `agent play … --json`.
  for (const command of allCommands(program)) {
    command.option('--json', 'print one JSON document').option('-q, --quiet', 'no progress');
    command.exitOverride().on('option:json', () => program.setOptionValue('json', true));
    command.on('option:quiet', () => program.setOptionValue('quiet', true));
    addOverwriteOption(command);
  }
  try {
    requireReadableWords(args);
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(knownWords(program, args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageFailure(error, args);
    output().failure(error);
    return error instanceof AgentError && WRONG_USAGE.has(error.code) ? 2 : 1;
  }
}

/** A command that another one started (`agent experiment`) ends with it, however that one ended. */
function endWithParent(): void {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.exit(1));
  // What only waits for the other's end does not keep the process.
  process.channel?.unref();
}

/**
 * Who reads along may leave, as `agent --help | head -5` does: what is being recorded or trained goes on without him. A
 * terminal that went away ends the command, as it would anything else there. An output that takes nothing any more
 * (`> /dev/full`) is a failure, told in a line.
 */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (error.code === 'EIO') return tellHangup();
      process.exitCode = 1;
      if (stream === process.stdout) process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    });
  }
}

/**
 * A name that is no UTF-8 reaches a Node.js program with its odd bytes replaced: it would read, or make, another one
 * than the user's.
 */
function requireReadableWords(args: readonly string[]): void {
  const odd = args.find((word) => word.includes('\ufffd'));
  if (odd === undefined || isUtf8(commandLine())) return;
  throw new AgentError('usage', 'a word of the command line is no UTF-8', {
    expected: 'names of files in UTF-8: Node.js cannot open others',
    got: odd,
    next: 'rename it, or cd into its folder and name it from there',
  });
}

/** As the system has it; empty where it does not tell. */
function commandLine(): Buffer {
  try {
    return readFileSync('/proc/self/cmdline');
  } catch {
    return Buffer.alloc(0);
  }
}

/** Every command below the program, those of groups too. */
function allCommands(command: Command): Command[] {
  return command.commands.flatMap((inner) => [inner, ...allCommands(inner)]);
}

/** Commander has told the person already; a program that asked for JSON gets the envelope. */
function usageFailure(error: CommanderError, args: readonly string[]): number {
  const message = error.message.replace(/^error: /, '');
  if (args.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { code: 'usage', message } }, null, 2)}\n`);
  return 2;
}
