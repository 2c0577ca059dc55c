/** `agent serve`: an emulator server for clients on other machines, or for clients in other languages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AgentError } from '../../core/index.js';
import { agentCommand, pythonCommand } from '../../core/project-paths.js';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ agent serve --listen ipc:///tmp/emulators
  $ agent keys keys server && agent keys keys/clients laptop
  $ agent serve --listen tcp://192.0.2.7:5555 --allow-remote --server-key keys/server.key_secret --client-keys keys/clients

Another machine then plays with
  $ agent play --game carracing --connect tcp://192.0.2.7:5555 --server-key server.key --client-key laptop.key_secret
The protocol is described in docs/protocol.md.`;

interface ServeOptions {
  readonly listen: string;
  readonly serverKey?: string;
  readonly clientKeys?: string;
  readonly allowRemote?: boolean;
}

export const registerServe: Register = (program, context) => {
  program
    .command('serve')
    .description('run an emulator server that others connect to')
    .requiredOption('--listen <endpoint>', 'ipc://PATH or tcp://HOST:PORT')
    .option('--server-key <file>', "this server's secret key (agent keys); tcp beyond this machine needs it")
    .option('--client-keys <folder>', 'public keys of the clients that are served')
    .option('--allow-remote', 'listen on an address that other machines reach')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => context.setExitCode(await serve(options)));
};

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs the server until a signal comes. It ends when its standard input closes, which happens however this process
 * ends, by `kill -9` too. In a process group of its own, so that Ctrl-C and a closed terminal are told to this process
 * alone.
 */
async function serve(options: ServeOptions): Promise<number> {
  const python = pythonCommand();
  const args = ['-m', 'agent_envs.server', '--listen', options.listen, '--parent'];
  if (options.serverKey !== undefined) args.push('--server-key', options.serverKey);
  if (options.clientKeys !== undefined) args.push('--client-keys', options.clientKeys);
  if (options.allowRemote) args.push('--allow-remote');
  const child = spawn(python.executable, args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, ...python.env },
    detached: true,
  });
  let exitCode: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    exitCode ??= SIGNALS[signal as keyof typeof SIGNALS];
    child.kill('SIGTERM');
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, stop);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (exitCode === undefined && signal !== null) throw killedError(signal);
    return exitCode ?? code ?? 1;
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new AgentError('setup', 'the emulator server cannot be started', {
      expected: `a Python interpreter at ${python.executable}`,
      got: (cause as Error).message,
      next: python.isCustom ? 'check AGENT_PYTHON' : `run ${agentCommand} doctor`,
      cause,
    });
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, stop);
  }
}

function killedError(signal: string): AgentError {
  return new AgentError('emulator_died', `the emulator server was killed by ${signal}`, {
    next:
      signal === 'SIGKILL' ? 'start it again; where memory ran out, the system ends processes so' : 'start it again',
  });
}
