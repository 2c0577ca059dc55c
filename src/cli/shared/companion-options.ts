/** Options that say something only beside another one: alone they would be taken and change nothing. */
import { type Command, Option } from 'commander';
import { AgentError } from '../../core/index.js';

/** An option that belongs to others, such as the speed of a video to the video. */
export class CompanionOption extends Option {
  /** @param owners the options of which one must be given too, such as `--video` */
  constructor(
    flags: string,
    description: string,
    readonly owners: readonly string[],
  ) {
    super(flags, description);
  }
}

/** Throws `usage` for the first option of the command that was given without any of those it belongs to. */
export function checkCompanions(command: Command): void {
  const isGiven = (option: Option): boolean => command.getOptionValueSource(option.attributeName()) === 'cli';
  const given = command.options.filter(isGiven);
  for (const option of given) {
    if (!(option instanceof CompanionOption) || given.some(({ long }) => option.owners.includes(long ?? ''))) continue;
    const owners = option.owners.join(' or ');
    throw new AgentError('usage', `${option.long} alone changes nothing`, {
      expected: `${option.long} together with ${owners}`,
      got: `${option.long} without it`,
      next: `add ${owners}, or leave ${option.long} out`,
    });
  }
}
