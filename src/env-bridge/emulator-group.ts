/** The emulator processes behind the public `Emulators`: started here, or reached over the network. */
import { AgentError } from '../core/index.js';
import { connectLink } from './connect-link.js';
import { EmulatorHost, type HostOptions } from './emulator-host.js';
import { spawnLink } from './link.js';
import type { ConnectEmulatorsOptions, Emulators, KeyNames, StartEmulatorsOptions } from './types.js';

const DEFAULT_TIMEOUT_MS = 60_000;
/** Time for Python to import what the emulators need, from a cold disk too. */
const DEFAULT_START_TIMEOUT_MS = 60_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_RESTARTS = 3;
const OWN_NAMES: KeyNames = { server: 'serverKey', client: 'clientKeys' };

export class EmulatorGroup implements Emulators {
  readonly hosts: readonly EmulatorHost[];

  constructor(hosts: readonly EmulatorHost[]) {
    this.hosts = hosts;
  }

  get pids(): readonly number[] {
    return this.hosts.map(({ facts }) => facts.pid);
  }

  get server(): string {
    return this.#first.facts.server;
  }

  get versions(): Readonly<Record<string, string>> {
    return this.#first.facts.versions;
  }

  get recoveries(): number {
    return this.hosts.reduce((sum, { recoveries }) => sum + recoveries, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #first(): EmulatorHost {
    return this.hosts[0] as EmulatorHost; // a group has at least one
  }
}

/**
 * Starts emulator processes for several environments to share. Rejects with `setup` where Python or its packages are
 * missing, `emulator_died`, `emulator_timeout`, `cancelled`; then none is left running.
 */
export async function startEmulators(options: StartEmulatorsOptions = {}): Promise<EmulatorGroup> {
  const { processes = 1, timeoutMs, maxRestarts, recover = true, onRecovery, lane, signal } = options;
  checkCount('processes', processes);
  const startTimeoutMs = checkTimeout('startTimeoutMs', options.startTimeoutMs, DEFAULT_START_TIMEOUT_MS);
  const host: HostOptions = {
    open: (cancelled) => spawnLink({ lane, startTimeoutMs, signal: cancelled }),
    isReplaceable: recover,
    timeoutMs: checkTimeout('timeoutMs', timeoutMs, DEFAULT_TIMEOUT_MS),
    maxRestarts: maxRestarts ?? DEFAULT_MAX_RESTARTS,
    onRecovery,
  };
  return await openGroup(
    Array.from({ length: processes }, () => host),
    signal,
  );
}

/**
 * Connects to emulator servers that run elsewhere. Environments there cannot be recovered: when a server goes away,
 * calls fail with `connection`. Rejects with `usage` for endpoints or keys that are none, `connection` where no server
 * answers (the message says what is probably wrong), `protocol` where it speaks another version.
 */
export async function connectEmulators(options: ConnectEmulatorsOptions): Promise<EmulatorGroup> {
  const { endpoint, serverKey, clientKeys, keyNames = OWN_NAMES, timeoutMs, connectTimeoutMs, signal } = options;
  const endpoints = typeof endpoint === 'string' ? [endpoint] : endpoint;
  checkCount('number of endpoints', endpoints.length);
  const link = {
    serverKey,
    clientKeys,
    keyNames,
    connectTimeoutMs: checkTimeout('connectTimeoutMs', connectTimeoutMs, DEFAULT_CONNECT_TIMEOUT_MS),
  };
  const hosts = endpoints.map(
    (each): HostOptions => ({
      open: (cancelled) => connectLink(each, link, cancelled),
      isReplaceable: false,
      timeoutMs: checkTimeout('timeoutMs', timeoutMs, DEFAULT_TIMEOUT_MS),
      maxRestarts: 0,
    }),
  );
  return await openGroup(hosts, signal);
}

/** All hosts or none. */
async function openGroup(hosts: readonly HostOptions[], signal: AbortSignal | undefined): Promise<EmulatorGroup> {
  const opened = await Promise.allSettled(hosts.map((options) => EmulatorHost.open(options, signal)));
  const failure = opened.find((result) => result.status === 'rejected');
  const group = new EmulatorGroup(opened.filter((result) => result.status === 'fulfilled').map(({ value }) => value));
  if (failure === undefined) return group;
  await group.close();
  throw failure.reason;
}

/** The group behind `Emulators` that a caller gave. */
export function groupOf(emulators: Emulators): EmulatorGroup {
  if (emulators instanceof EmulatorGroup) return emulators;
  throw new AgentError('usage', 'these are no emulators of the bridge', {
    expected: 'what startEmulators or connectEmulators gave',
  });
}

export function checkCount(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return;
  throw new AgentError('usage', `${name} is not valid`, {
    expected: 'a whole number from 1 to 1024',
    got: String(count),
  });
}

function checkTimeout(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (value > 0 && value < 2 ** 31) return value; // setTimeout knows no longer one
  throw new AgentError('usage', `${name} is not valid`, { expected: 'milliseconds, above 0', got: String(value) });
}
