/** The option that says how a model is asked. */
import type { Command } from 'commander';
import type { PlayChoices } from '../../agent/index.js';
import { several } from './arguments.js';

export interface PlayWords {
  readonly play?: readonly string[];
}

export function addPlayOption(command: Command): Command {
  return command.option(
    '--play <key=value>',
    'a way of playing, such as think=64, history=2 or samples=5; may be given several times (docs/ways-of-playing.md)',
    several,
  );
}

/** What the words say. Rejects with `usage`. */
export async function chosenPlay({ play = [] }: PlayWords): Promise<PlayChoices> {
  const { parsePlay } = await import('../../agent/index.js');
  return parsePlay(play);
}
