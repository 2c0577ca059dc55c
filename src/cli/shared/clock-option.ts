/** `--clock`: whether the game waits for a decision, or goes on while the player thinks. */
import { InvalidArgumentError } from 'commander';
import { type Clock, parseClock } from '../../agent/loop/clock.js';
import { isAgentError } from '../../core/index.js';

export const CLOCK_HELP =
  'paused (the game waits for each decision), or real[:FACTOR]: it goes on meanwhile, at FACTOR times its speed';

export function clock(text: string): Clock {
  try {
    return parseClock(text);
  } catch (error) {
    if (isAgentError(error)) throw new InvalidArgumentError(`expected ${error.details.expected}`);
    throw error;
  }
}

/** For an option that may be given several times. */
export function severalClocks(text: string, before: readonly Clock[] = []): readonly Clock[] {
  return [...before, clock(text)];
}
