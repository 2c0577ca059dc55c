/** The options that say how a network is computed; shared by every command that runs one by itself. */
import { type Command, Option } from 'commander';
import type { RuntimeOptions } from '../../model/index.js';
import { wholeNumber } from './arguments.js';

export function addRuntimeOptions(command: Command): Command {
  return command
    .option('--threads <n>', 'threads of TensorFlow (default: all cores)', wholeNumber(1, 256))
    .addOption(new Option('--device <device>', 'where to compute').choices(['auto', 'cpu', 'gpu']))
    .addOption(new Option('--precision <precision>', 'of products').choices(['float32', 'bfloat16', 'tf32']));
}

/** Loads TensorFlow as the options say. Rejects with `setup` or `runtime`. */
export async function loadChosenTensorFlow({ device, precision, threads }: RuntimeOptions): Promise<void> {
  const { prepareTensorFlow } = await import('../../model/index.js');
  await prepareTensorFlow({ ...(device && { device }), ...(precision && { precision }), ...(threads && { threads }) });
}
