/** Making environments: the entry points of the bridge. */
import { availableParallelism } from 'node:os';
import { AgentError } from '../core/index.js';
import { makeFields } from './arguments.js';
import { awaitWith } from './await-with.js';
import { checkCount, type EmulatorGroup, groupOf, startEmulators } from './emulator-group.js';
import type { EmulatorHost } from './emulator-host.js';
import { HostedEnv, type HostedSlot } from './gym-env.js';
import type { GymEnv, MakeEnvOptions, MakeVectorEnvOptions, StartEmulatorsOptions, VectorEnv } from './types.js';
import { HostedVectorEnv } from './vector-env.js';

/**
 * Makes one environment by its Gymnasium id (also `module:ID`), in an emulator process of its own or in one that is
 * there already. Close it, or say `await using`.
 *
 * Rejects with `unknown_env`, `unsupported_env` (with the reason), `usage` (an option that cannot be), `env_failure`,
 * `cancelled`, and what `startEmulators` rejects with; then nothing is left running.
 */
export async function makeEnv(id: string, options: MakeEnvOptions = {}): Promise<GymEnv> {
  const { group, isOwn } = await emulatorsFor(options, 1);
  const idlest = group.hosts.reduce((best, host) => (host.environments < best.environments ? host : best));
  const [place] = await makeSlots(id, options, [idlest], 1, () => isOwn && group.close());
  return new HostedEnv(place as HostedSlot, group, isOwn);
}

/** Makes `count` environments, spread evenly over processes. Rejects as `makeEnv` does. */
export async function makeVectorEnv(id: string, options: MakeVectorEnvOptions): Promise<VectorEnv> {
  const { count } = options;
  checkCount('count', count);
  const { group, isOwn } = await emulatorsFor(options, Math.min(count, options.processes ?? availableParallelism()));
  const places = await makeSlots(id, options, group.hosts, count, () => isOwn && group.close());
  return new HostedVectorEnv(places, group, isOwn);
}

async function emulatorsFor(
  options: MakeEnvOptions & { readonly processes?: number },
  processes: number,
): Promise<{ readonly group: EmulatorGroup; readonly isOwn: boolean }> {
  const { emulators, timeoutMs, startTimeoutMs, recover, maxRestarts, onRecovery, lane, signal } = options;
  const times = { timeoutMs, startTimeoutMs };
  const supervision = { processes: options.processes, ...times, recover, maxRestarts, onRecovery, lane };
  const given = Object.entries(supervision).filter(([, value]) => value !== undefined);
  if (emulators === undefined) {
    const chosen = { ...Object.fromEntries(given), processes, signal } as StartEmulatorsOptions;
    return { group: await startEmulators(chosen), isOwn: true };
  }
  if (given.length > 0) {
    throw new AgentError('usage', 'emulators that are there already have their own supervision', {
      expected: 'these options where the emulators are started',
      got: given.map(([name]) => name).join(', '),
    });
  }
  return { group: groupOf(emulators), isOwn: false };
}

/** All environments or none: what was made is closed again where one cannot be. */
async function makeSlots(
  id: string,
  options: MakeEnvOptions,
  hosts: readonly EmulatorHost[],
  count: number,
  giveUp: () => unknown,
): Promise<readonly HostedSlot[]> {
  const fields = makeFields(id, options);
  const hostOf = (index: number): EmulatorHost => hosts[index % hosts.length] as EmulatorHost;
  const making = Array.from({ length: count }, async (_, index): Promise<HostedSlot> => {
    const host = hostOf(index);
    return { host, slot: await host.make(fields) };
  });
  try {
    return await awaitWith(Promise.all(making), { signal: options.signal, what: 'environments to be made' });
  } catch (error) {
    await giveUp();
    for (const place of making) place.then(({ host, slot }) => host.closeSlots([slot])).catch(() => {});
    throw error;
  }
}
