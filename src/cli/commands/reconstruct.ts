/** `agent reconstruct`: pictures painted from a model's answers about every pixel. */
import { basename, join, resolve } from 'node:path';
import type { Frame } from '../../core/index.js';
import { AgentError } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { RuntimeOptions } from '../../model/index.js';
import type { Labelled, Reconstruction } from '../../training/pvp/index.js';
import { seed, wholeNumber } from '../shared/arguments.js';
import type { Console } from '../shared/console.js';
import type { CommandContext, Register } from '../shared/context.js';
import { frameOfGame } from '../shared/game-frame.js';
import { interruptedExitCode, listenForInterrupt } from '../shared/interrupt.js';
import { OutputFile } from '../shared/output-options.js';
import { addRuntimeOptions, loadChosenTensorFlow } from '../shared/runtime-options.js';

const EXAMPLES = `
Examples:
  $ agent reconstruct photo.jpg
  $ agent reconstruct --beside frozen-mini --out seen.png a.png b.png
  $ agent reconstruct --game carracing --seed 7 --step 100

The picture that is written shows the original as the model is shown it, what the model says, and what the second
one says; a pixel whose answer was no colour is magenta, and is counted.`;

interface ReconstructOptions extends RuntimeOptions {
  readonly model: string;
  readonly beside?: string;
  readonly game?: string;
  readonly seed: number;
  readonly step: number;
  readonly out?: string;
}

export const registerReconstruct: Register = (program, context) => {
  const command = program
    .command('reconstruct')
    .description('ask a model for every pixel of a picture and paint the answers')
    .argument('[image...]', 'picture files')
    .option('--model <dir>', 'checkpoint: a folder, or a name in models/', 'pae-lamm-mini')
    .option('--beside <dir>', 'a second model to compare with')
    .option('-g, --game <game>', 'take a frame of a game, played at random')
    .option('-s, --seed <n>', "the game's seed", seed, 7)
    .option('--step <n>', 'the decision after which the frame is taken', wholeNumber(0, 100_000), 100)
    .addOption(
      new OutputFile('-o, --out <file>', 'the PNG to write (default: reconstruction.png under runs/)', ['.png']),
    )
    .addHelpText('after', EXAMPLES);
  addRuntimeOptions(command).action((images: string[], options: ReconstructOptions) => run(images, options, context));
};

/** What a model made of one picture. */
interface Row {
  readonly image: string;
  readonly model: string;
  /** Mean absolute error, 0-255, over the answers that are colours. */
  readonly mae: number;
  readonly channels: readonly number[];
  readonly psnr: number;
  readonly pixels: number;
  readonly unparsed: number;
  readonly seconds: number;
}

async function run(images: readonly string[], options: ReconstructOptions, context: CommandContext): Promise<void> {
  const output = context.output();
  if (images.length === 0 && options.game === undefined) {
    throw new AgentError('usage', 'what shall be reconstructed?', {
      expected: 'picture files, or --game NAME',
      next: 'agent reconstruct photo.jpg',
    });
  }
  using interrupt = listenForInterrupt(() => output.note('stopping …'));
  try {
    const { findModel, readPicture } = await import('../../model/index.js');
    output.live(`loading ${options.model} …`);
    await loadChosenTensorFlow(options);
    const folders = await Promise.all(
      [options.model, options.beside].filter((dir) => dir !== undefined).map(findModel),
    );
    const pictures = await Promise.all(
      images.map(async (path) => ({ name: basename(path), frame: await readPicture(path) })),
    );
    if (options.game !== undefined) {
      const { game, seed: gameSeed, step } = options;
      const frame = await frameOfGame({ game, seed: gameSeed, step, signal: interrupt.signal });
      pictures.push({ name: `${game} ${gameSeed}/${step}`, frame });
    }
    const { rows, grid } = await paintAll(pictures, folders, output, interrupt.signal);
    const { writeGrid } = await import('../../training/pvp/index.js');
    const path = resolve(options.out ?? join(projectPaths.runs, 'reconstruction.png'));
    await writeGrid(path, grid, 3);
    output.result({ picture: path, rows });
    for (const row of rows) output.print(describe(row));
    output.print(`picture ${path}`);
  } catch (error) {
    context.setExitCode(interruptedExitCode(interrupt, error));
  }
}

async function paintAll(
  pictures: readonly { name: string; frame: Frame }[],
  folders: readonly string[],
  output: Console,
  signal: AbortSignal,
): Promise<{ rows: Row[]; grid: Labelled[][] }> {
  const { loadAnswerer, reconstruct } = await import('../../training/pvp/index.js');
  const rows: Row[] = [];
  const grid: Labelled[][] = pictures.map(() => []);
  for (const folder of folders) {
    using answerer = await loadAnswerer(folder);
    const side = answerer.network.image.vision.imageSize;
    for (const [i, { name, frame }] of pictures.entries()) {
      const started = performance.now();
      const result = await reconstruct(answerer, frame, {
        signal,
        onProgress: (answered) => output.live(`${basename(folder)}  ${name}  ${bar(answered / side ** 2)}`),
      });
      const row = await rowOf(name, basename(folder), result, (performance.now() - started) / 1000);
      rows.push(row);
      const cells = grid[i] as Labelled[];
      if (cells.length === 0) cells.push({ label: name, picture: result.original });
      cells.push({ label: `${row.model}: mean error ${row.mae.toFixed(2)}`, picture: result.painted });
    }
  }
  output.clearLive();
  return { rows, grid };
}

async function rowOf(image: string, model: string, { errors }: Reconstruction, seconds: number): Promise<Row> {
  const { channelErrors, meanAbsoluteError, signalToNoise } = await import('../../training/pvp/index.js');
  return {
    image,
    model,
    mae: meanAbsoluteError(errors),
    channels: channelErrors(errors),
    psnr: signalToNoise(errors),
    pixels: errors.parsed + errors.unparsed,
    unparsed: errors.unparsed,
    seconds,
  };
}

function describe({ image, model, mae, channels, psnr, pixels, unparsed, seconds }: Row): string {
  const [red, green, blue] = channels.map((value) => value.toFixed(2));
  const missing = unparsed === 0 ? '' : `, ${unparsed} of ${pixels} answers were no colour`;
  return `${image}  ${model}  error ${mae.toFixed(2)} (red ${red}, green ${green}, blue ${blue})  PSNR ${psnr.toFixed(1)} dB${missing}  ${seconds.toFixed(1)} s`;
}

function bar(done: number): string {
  const filled = Math.round(20 * done);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${Math.round(100 * done)} %`;
}
