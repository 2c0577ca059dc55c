/**
 * Ctrl-C and SIGTERM as an AbortSignal: the command closes what it has open and ends by itself. A second Ctrl-C
 * ends at once, for the person who cannot wait. A terminal that goes away is a SIGHUP, whichever way it is noticed.
 */
import { isatty } from 'node:tty';
import { AgentError, isAgentError } from '../../core/index.js';

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** The exit code that tells a shell which signal ended the command (128 + its number), once there was one. */
  readonly exitCode: number | undefined;
}

/** The exit code of a command that its signal ended. Throws any error that is not just the news of being cancelled. */
export function interruptedExitCode({ exitCode }: Interrupt, error: unknown): number {
  if (exitCode === undefined || !isAgentError(error, 'cancelled')) throw error;
  return exitCode;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** How often to look whether the terminal is still there: a command that writes nothing would not notice. */
const LOOK_MS = 1000;

/** What a command hears of a terminal that cannot be written to any more: the same as of one that was closed. */
export function tellHangup(): void {
  process.emit('SIGHUP', 'SIGHUP');
}

export function listenForInterrupt(onFirst: (name: string) => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const listener = (name: NodeJS.Signals): void => {
    const code = SIGNALS[name as keyof typeof SIGNALS];
    // A closed terminal is told more than once: by the system, by the shell, by a write that fails. Nobody waits there.
    if (exitCode !== undefined && name === 'SIGHUP') return;
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    onFirst(name);
    controller.abort(new AgentError('cancelled', `interrupted by ${name}`));
  };
  for (const name of Object.keys(SIGNALS)) process.on(name, listener);
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  const look = setInterval(() => {
    if (!terminals.every((descriptor) => isatty(descriptor))) tellHangup();
  }, LOOK_MS).unref();
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]: () => {
      clearInterval(look);
      for (const name of Object.keys(SIGNALS)) process.off(name, listener);
    },
  };
}
