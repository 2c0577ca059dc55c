/** The completion script of fish: a line for each command, option and argument. */
import type { CompletedCommand, ValueKind, Words } from './completion-words.js';

export function fishScript(words: Words): string {
  return `${['complete -c agent -f', ...words.commands.flatMap((command) => linesOf(command, words))].join('\n')}\n`;
}

function linesOf({ path, description, options, argument }: CompletedCommand, words: Words): string[] {
  const [name, inner] = path as [string, string | undefined];
  const group = words.commands.filter((other) => other.path[0] === name && other.path.length === 2);
  const isHere = `__fish_seen_subcommand_from ${inner ?? name}`;
  const here = inner === undefined ? isHere : `__fish_seen_subcommand_from ${name}; and ${isHere}`;
  const offered =
    inner === undefined
      ? '__fish_use_subcommand'
      : `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${group.map((o) => o.path[1]).join(' ')}`;
  const own = group.length > 0 && inner === undefined ? [] : argumentLine(here, argument, words);
  return [
    `complete -c agent -n ${quoted(offered)} -a ${quoted(inner ?? name)} -d ${quoted(description)}`,
    ...own,
    ...options.map(({ names, description, value }) => {
      const flags = names.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const about = `${flags.join(' ')} -d ${quoted(description)}`;
      return `complete -c agent -n ${quoted(here)} ${about}${valuePart(value, words)}`;
    }),
  ];
}

function argumentLine(here: string, kind: ValueKind, words: Words): string[] {
  const value = kind === 'none' ? '' : valuePart(kind, words).replace(' -r', '').replace(' -x', '');
  return value === '' ? [] : [`complete -c agent -n ${quoted(here)}${value}`];
}

/** Names of one's own, and files where a path may stand as well. */
function valuePart(kind: ValueKind, words: Words): string {
  if (kind === 'none') return '';
  if (kind === 'file') return ' -r -F';
  if (typeof kind === 'string') return ` -r -F -a ${quoted(words[kind].join(' '))}`;
  return ` -x -a ${quoted(kind.join(' '))}`;
}

const quoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
