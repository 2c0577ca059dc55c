/** Which option was probably meant where Commander, which compares letters, finds none: one that shares a word. */
import type { Command } from 'commander';

/** Commander's message on wrong words, with a suggestion where it has none of its own. */
export function withOptionHint(message: string, program: Command, args: readonly string[]): string {
  const unknown = /unknown option '(--[\w-]+)'/.exec(message)?.[1];
  if (unknown === undefined || message.includes('Did you mean')) return message;
  const similar = sharingAWord(unknown, commandOf(program, args));
  return similar === undefined ? message : `${message.trimEnd()}\n(Did you mean ${similar}?)\n`;
}

/**
 * The words as Commander is given them. It shows the help of what stands above an unknown command that `--help` follows
 * or `help` precedes, as if nothing were wrong; here such a command is told like any other, with what was probably
 * meant.
 */
export function knownWords(program: Command, args: readonly string[]): string[] {
  const words = args[0] === 'help' && args.length > 1 ? [...args.slice(1), '--help'] : [...args];
  const first = words.findIndex((word) => !word.startsWith('-'));
  const isKnown = [...program.commands.map((command) => command.name()), 'help', undefined].includes(words[first]);
  return isKnown ? words : words.slice(0, first + 1);
}

/** The command that the words name, of a group the inner one. */
function commandOf(program: Command, args: readonly string[]): Command {
  return args.reduce((at, word) => at.commands.find((command) => command.name() === word) ?? at, program);
}

/** The first option that shares most words with the one given; undefined where none shares any. */
function sharingAWord(given: string, { options }: Command): string | undefined {
  const words = new Set(wordsOf(given));
  const shared = (option: string): number => wordsOf(option).filter((word) => words.has(word)).length;
  const names = options.map(({ long }) => long).filter((long) => long != null);
  const [best] = names.toSorted((a, b) => shared(b) - shared(a));
  return best !== undefined && shared(best) > 0 ? best : undefined;
}

const wordsOf = (option: string): string[] => option.replace(/^--(no-)?/, '').split('-');
