/**
 * Words of the command line that are empty: what a variable of the shell gives that was never set. As a path such a
 * word would name the working folder, which nobody meant.
 */
import type { Command } from 'commander';
import { AgentError } from '../../core/index.js';

/** Of these a word is a path. */
const PATHS: ReadonlySet<string> = new Set([
  ...['file', 'folder', 'folders', 'dir', 'run', 'runs', 'dataset', 'first', 'second', 'zip', 'image', 'table'],
]);
/** What may say nothing: a question, an answer to be read, what to look for in a picture. */
const FREE_TEXT: ReadonlySet<string> = new Set(['question', 'text', 'expression']);

/** Throws `usage` for the first option or argument of the command that was given and is empty. */
export function checkEmptyWords(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli' || !isEmpty(command.getOptionValue(name))) continue;
    throw refusal(option.long ?? option.flags, /[<[]([^>\]]*?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? 'value');
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    const name = argument.name();
    if (!FREE_TEXT.has(name) && isEmpty(command.processedArgs[index])) throw refusal(name, name);
  }
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.includes(''));
}

function refusal(where: string, kind: string): AgentError {
  const isPath = PATHS.has(kind);
  return new AgentError('usage', `the ${isPath ? 'path' : 'word'} is empty`, {
    expected: isPath ? 'a path' : `a ${kind}`,
    got: "'', nothing between the quotes",
    where,
    next: 'say which one is meant; a variable of the shell that was never set is empty',
  });
}
