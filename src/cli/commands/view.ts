/** `agent view`: episodes in a browser, live and replayed, or as a folder for a web site. */
import { resolve } from 'node:path';
import { Option } from 'commander';
import { projectPaths } from '../../core/project-paths.js';
import type { RuntimeOptions } from '../../model/index.js';
import { wholeNumber } from '../shared/arguments.js';
import type { CommandContext, Register } from '../shared/context.js';
import { untilClosed } from '../shared/game-view.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFolder } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';

interface ViewCommandOptions extends RuntimeOptions {
  readonly port: number;
  readonly model: string;
  readonly export?: string;
  readonly beside?: boolean;
}

const EXAMPLES = `
Examples:
  $ agent view                                   everything in runs/
  $ agent view runs/EVALUATION --port 8080
  $ agent view runs/A runs/B --export site       a folder that any web server, or a browser by itself, shows
  $ agent play --game carracing --view           follows the game while it is played
  $ agent play --game carracing --policy human   you play

Only this machine is listened on, and only the link that is printed is answered. docs/view.md`;

export const registerView: Register = (program, context) => {
  const command = program
    .command('view')
    .description('show episodes in a browser: live, replayed, side by side')
    .argument('[run...]', 'folders of runs (default: runs/)')
    .option('--port <n>', 'where to listen; 0 is any that is free', wholeNumber(0, 65535), 0)
    .option('--model <dir>', 'who is asked about pictures: a folder, or a name in models/', 'pae-lamm-objects')
    .addOption(new OutputFolder('--export <folder>', 'write the episodes with their pictures there, and end'))
    .addOption(new Option('--beside', 'serve until a game is over and its pages are closed').hideHelp())
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action((runs: string[], options: ViewCommandOptions) => view(runs, options, context));
};

async function view(runs: readonly string[], options: ViewCommandOptions, context: CommandContext): Promise<void> {
  using interrupt = listenForInterrupt(() => context.output().note('ending …'));
  const folders = runs.length > 0 ? runs : [projectPaths.runs];
  try {
    if (options.export !== undefined) await exportTo(options.export, folders, interrupt.signal, context);
    else await serve(folders, options, interrupt.signal, context);
    if (interrupt.exitCode !== undefined) context.setExitCode(interrupt.exitCode);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

async function exportTo(
  folder: string,
  runs: readonly string[],
  signal: AbortSignal,
  context: CommandContext,
): Promise<void> {
  const { exportView, RunList } = await import('../../view/index.js');
  const output = context.output();
  const onEpisode = (done: number, of: number, run: string): void => output.live(`${done + 1} of ${of}: ${run} …`);
  const exported = await exportView(new RunList(runs), folder, { signal, onEpisode });
  output.clearLive();
  for (const run of exported.troubled) output.note(`${run} could not be played as recorded; its page says why`);
  output.result(exported);
  output.print(`${exported.episodes} episodes, ${resolve(exported.folder, 'index.html')}`);
  if (exported.troubled.length > 0) context.setExitCode(1);
}

async function serve(
  runs: readonly string[],
  options: ViewCommandOptions,
  signal: AbortSignal,
  context: CommandContext,
): Promise<void> {
  const { Asker, RunList, startView } = await import('../../view/index.js');
  const { findModel } = await import('../../model/index.js');
  const output = context.output();
  const beside = options.beside === true;
  // The model would take all cores while the game is played.
  const asker = beside ? {} : { asker: new Asker(await findModel(options.model), () => loadChosenTensorFlow(options)) };
  await using server = await startView({ list: new RunList(runs, { mayCome: beside }), port: options.port, ...asker });
  output.result({ url: server.url });
  output.print(server.url);
  if (beside) {
    await Promise.race([endOfInput(), aborted(signal)]);
    await untilClosed(() => server.watching.count, signal);
    return;
  }
  output.note('open the link in a browser; Ctrl-C ends it');
  await aborted(signal);
}

function endOfInput(): Promise<void> {
  return new Promise((done) => process.stdin.once('end', done).resume());
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}
