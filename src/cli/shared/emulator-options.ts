/** The options that say where the emulators run; shared by every command that needs one. */
import { type Command, Option } from 'commander';
import { AgentError } from '../../core/index.js';
import type { Emulators, Recovery } from '../../env-bridge/index.js';

export interface EmulatorOptions {
  readonly connect?: string;
  readonly serverKey?: string;
  readonly clientKey?: string;
}

export interface OpenEmulatorsOptions {
  readonly signal: AbortSignal;
  /** Those of a server elsewhere are its own affair. */
  readonly processes?: number;
  readonly onRecovery?: (recovery: Recovery) => void;
}

export function addEmulatorOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--connect <endpoint>', 'use the emulator server at tcp://HOST:PORT or ipc://PATH (agent serve)'),
    )
    .addOption(new Option('--server-key <file>', "the server's public key file, for an encrypted connection"))
    .addOption(new Option('--client-key <file>', 'your own secret key file (agent keys)'));
}

/**
 * Starts emulator processes here (one unless more are asked for), or connects to the server that was named. The caller
 * closes them.
 */
export async function openEmulators(
  { connect, serverKey, clientKey }: EmulatorOptions,
  { signal, processes = 1, onRecovery }: OpenEmulatorsOptions,
): Promise<Emulators> {
  const { connectEmulators, readKeyPair, readPublicKey, startEmulators } = await import('../../env-bridge/index.js');
  if ((serverKey === undefined) !== (clientKey === undefined)) {
    throw new AgentError('usage', 'an encrypted connection needs both keys', {
      expected: '--server-key FILE and --client-key FILE',
      got: serverKey === undefined ? 'only --client-key' : 'only --server-key',
      next: 'agent keys --help',
    });
  }
  if (connect === undefined) {
    if (serverKey !== undefined) {
      throw new AgentError('usage', 'keys are for a server elsewhere', { expected: '--connect ENDPOINT with them' });
    }
    return startEmulators({ signal, processes, ...(onRecovery ? { onRecovery } : {}) });
  }
  const keys =
    serverKey !== undefined && clientKey !== undefined
      ? { serverKey: await readPublicKey(serverKey), clientKeys: await readKeyPair(clientKey) }
      : {};
  const keyNames = { server: '--server-key', client: '--client-key' };
  return connectEmulators({ endpoint: connect, ...keys, keyNames, signal });
}
