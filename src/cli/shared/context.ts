/** What every command is given. */
import type { Command } from 'commander';
import type { Console } from './console.js';

export interface CommandContext {
  /** Made on call, after the options were read. */
  output(): Console;
  setExitCode(code: number): void;
}

/** Adds one command to the program. */
export type Register = (program: Command, context: CommandContext) => void;
