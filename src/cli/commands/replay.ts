/** `agent replay`: plays a recorded episode again, verifies it, and makes its video or a strip of its pictures. */

import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Emulators } from '../../env-bridge/index.js';
import type { EpisodeRecord } from '../../record/index.js';
import type { Verification } from '../../replay/index.js';
import { wholeNumber } from '../shared/arguments.js';
import { CompanionOption } from '../shared/companion-options.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { addEmulatorOptions, type EmulatorOptions, openEmulators } from '../shared/emulator-options.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFile } from '../shared/output-options.js';
import { checkPolicyView, VIEW_HELP } from '../shared/policy-view.js';
import { formatScore } from '../shared/text.js';

const EXAMPLES = `
Examples:
  $ agent replay runs/RUN                              verify every observation, reward and the score
  $ agent replay runs/RUN --video episode.mp4          render the video, verifying on the way
  $ agent replay runs/RUN --video plain.mp4 --no-overlay
  $ agent replay runs/RUN --video seen.mp4 --policy-view   with the pictures that the model was given beside
  $ agent replay runs/RUN --strip moments.png --count 6
  $ agent replay runs/RUN --check                      the hash chain alone, without an emulator

Exit code 1: the episode is not the recorded one; the first difference is shown.`;

interface ReplayOptions extends EmulatorOptions {
  readonly video?: string;
  readonly overlay: boolean;
  readonly policyView?: boolean;
  readonly fps?: number;
  readonly scale?: number;
  readonly strip?: string;
  readonly count: number;
  readonly check?: boolean;
}

const PICTURES = ['--video', '--strip'];

export const registerReplay: Register = (program, context) => {
  const command: Command = program
    .command('replay')
    .description('play a recorded episode again: verify it, render its video')
    .argument('<run>', 'folder of the episode, under runs/')
    .addOption(new OutputFile('--video <file>', 'write an H.264 video', ['.mp4']))
    .addOption(new CompanionOption('--no-overlay', 'the bare picture, without the text and marks around it', PICTURES))
    .option('--policy-view', VIEW_HELP)
    .addOption(
      new CompanionOption('--fps <n>', "pictures a second (default: the game's)", ['--video']).argParser(
        wholeNumber(1, 240),
      ),
    )
    .addOption(
      new CompanionOption(
        '--scale <n>',
        "enlarge the picture n times, without blur (default: the game's)",
        PICTURES,
      ).argParser(wholeNumber(1, 16)),
    )
    .addOption(new OutputFile('--strip <file>', 'write a PNG of moments side by side', ['.png']))
    .addOption(
      new CompanionOption('--count <n>', 'pictures in the strip', ['--strip']).argParser(wholeNumber(1, 50)).default(5),
    )
    .addOption(new Option('--check', 'check the record against itself only').conflicts(['video', 'strip']))
    .addHelpText('after', EXAMPLES);
  addEmulatorOptions(command).action((run: string, options: ReplayOptions) => replay(run, options, context));
};

async function replay(run: string, options: ReplayOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  checkPolicyView(options, options.video !== undefined || options.strip !== undefined, '--video FILE or --strip FILE');
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const { checkRecord } = await import('../../replay/index.js');
    const { openRecord } = await import('../../record/index.js');
    const record = await openRecord(run);
    if (options.check) return tell(await checkRecord(record), record, context, output);
    await using emulators = await openEmulators(options, interrupt);
    const task: Task = { record, options, emulators, output, signal: interrupt.signal };
    const pictures = await makePictures(task);
    if (pictures.length > 0) {
      for (const path of pictures) output.print(`wrote ${path}`);
      output.result({ verified: true, files: pictures });
    } else tell(await verify(task), record, context, output);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

interface Task {
  readonly record: EpisodeRecord;
  readonly options: ReplayOptions;
  readonly emulators: Emulators;
  readonly output: Console;
  readonly signal: AbortSignal;
}

/** The video and the strip that were asked for; each verifies as it goes and throws at a difference. */
async function makePictures({ record, options, emulators, output, signal }: Task): Promise<string[]> {
  const { pictureStrip, renderVideo, viewOfRecord } = await import('../../video/index.js');
  const { recordedEnv } = await import('../../replay/index.js');
  const factory = recordedEnv({ emulators, signal });
  const look = {
    ...(options.overlay ? {} : { overlay: false as const }),
    ...(options.scale === undefined ? {} : { scale: options.scale }),
    ...(options.policyView ? { view: viewOfRecord } : {}),
    signal,
  };
  const files: string[] = [];
  if (options.video !== undefined) {
    const path = resolve(options.video);
    await renderVideo(record, path, factory, {
      ...look,
      ...(options.fps === undefined ? {} : { fps: options.fps }),
      onStep: progress(record, output, 'rendering'),
    });
    files.push(path);
  }
  if (options.strip !== undefined) {
    const path = resolve(options.strip);
    await pictureStrip(record, path, factory, { ...look, count: options.count });
    files.push(path);
  }
  output.clearLive();
  return files;
}

async function verify({ record, emulators, output, signal }: Task): Promise<Verification> {
  const { recordedEnv, verifyEpisode } = await import('../../replay/index.js');
  const onStep = progress(record, output, 'verifying');
  return verifyEpisode(record, recordedEnv({ emulators, signal }), { signal, onStep });
}

function progress({ manifest }: EpisodeRecord, output: Console, verb: string): (step: number) => void {
  const total = manifest.result?.decisions ?? '?';
  return (step) => output.live(`${verb} step ${step} of ${total}`);
}

function tell(verification: Verification, record: EpisodeRecord, context: CommandContext, output: Console): void {
  output.clearLive();
  output.result({ run: record.folder, ...verification });
  const { isVerified, decisions, score, chain, status, tornLine, difference, seal, unproven } = verification;
  if (!isVerified) context.setExitCode(1);
  if (tornLine !== null) output.note(`the run was killed while it wrote ${tornLine}; everything before that counts`);
  if (difference === null) {
    const verdict = output.style('verified', 'green');
    output.print(`${verdict}  ${decisions} decisions, score ${formatScore(score)}, status ${status}, chain ${chain}`);
    if (seal !== null) output.print(`seal ${seal}`);
    for (const sentence of unproven) output.print(output.style(`not proved: ${sentence}`, 'dim'));
    return;
  }
  const place = difference.step === null ? 'manifest.json' : `step ${difference.step}`;
  output.print(`${output.style('not verified', 'red')}  first difference at ${place}: ${difference.field}`);
  output.print(`  recorded: ${difference.expected}`);
  output.print(`  got:      ${difference.got}`);
  for (const { name, recorded, now } of verification.versions) {
    output.print(`  ${name} was ${recorded}, is ${now}: a likely reason`);
  }
  if (difference.step === 0 && difference.field === 'observation') {
    output.print(
      '  an environment that draws without its seed, from a random generator of its own, begins anew each time',
    );
  }
  if (difference.isRecordAltered) output.print('  the record contradicts itself: it was changed or damaged');
}
