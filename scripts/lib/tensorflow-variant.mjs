/** Which TensorFlow a machine gets: with CUDA where an NVIDIA driver is, unless someone said otherwise. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

const variants = ['cpu', 'gpu'];

/** Whether an NVIDIA driver is installed, told by files alone. */
export function hasNvidiaDriver(env = process.env, exists = existsSync) {
  if (exists('/proc/driver/nvidia/version')) return true;
  return (env.PATH ?? '').split(delimiter).some((folder) => folder && exists(join(folder, 'nvidia-smi')));
}

/**
 * Order: the flag of `agent setup`, AGENT_TENSORFLOW, what was installed before (so that no later start needs the
 * network), the machine.
 * @param {{ flag?: string, installed?: { variant: string, chosen: string } | null, env?: object, detect?: () =>
 * boolean, fresh?: boolean }} o
 *   `fresh` looks at the machine again even if a variant is installed
 * @returns {{ variant: 'cpu' | 'gpu', chosen: 'flag' | 'environment' | 'machine' }}
 */
export function chooseVariant({ flag, installed, env = process.env, detect = hasNvidiaDriver, fresh = false }) {
  if (flag && flag !== 'auto') return { variant: flag, chosen: 'flag' };
  const asked = env.AGENT_TENSORFLOW;
  if (asked && asked !== 'auto') {
    if (!variants.includes(asked)) {
      throw new SetupError('AGENT_TENSORFLOW is not understood', {
        reason: `expected cpu, gpu or auto, got ${JSON.stringify(asked)}`,
      });
    }
    return { variant: asked, chosen: 'environment' };
  }
  if (installed && flag !== 'auto' && (!fresh || installed.chosen === 'flag')) return installed;
  return { variant: detect(env) ? 'gpu' : 'cpu', chosen: 'machine' };
}
