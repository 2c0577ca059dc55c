/** The options that say what services of models may cost, and where their answers are kept. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Services } from '../../players/index.js';
import { wholeNumber } from './arguments.js';
import type { Console } from './console.js';

export interface ServiceOptions {
  readonly cache?: string;
  readonly maxCost?: number;
  readonly maxRequests?: number;
  readonly maxTokens?: number;
}

const MOST = 10 ** 12;

export function addServiceOptions(command: Command): Command {
  return command
    .option('--cache <folder>', 'keep the answers of services there, and do not ask again for what is there')
    .option('--max-cost <dollars>', 'stop when services have cost so much, by the prices of their endpoints', dollars)
    .option('--max-requests <n>', 'stop after so many requests to services', wholeNumber(1, MOST))
    .option(
      '--max-tokens <n>',
      'stop when services have taken so many tokens, of prompts and answers',
      wholeNumber(1, MOST),
    );
}

/** What players over HTTP share in this command. Rejects with `file`. */
export async function chosenServices(options: ServiceOptions, output: Console): Promise<Services> {
  const { openServices } = await import('../../players/index.js');
  const { cache, maxCost: cost, maxRequests: requests, maxTokens: tokens } = options;
  // Policies of several games say the same of the same checkpoint.
  const told = new Set<string>();
  const onWarning = (sentence: string): void => {
    if (!told.has(sentence)) output.note(sentence);
    told.add(sentence);
  };
  return openServices({ cache, cost, requests, tokens, onWarning });
}

/**
 * Tells what was asked of services, and that the budget is used up where it is.
 * @returns whether it ended what the command was doing
 */
export function tellSpent({ budget }: Services, output: Console): boolean {
  const { requests, cached, answers, promptTokens, answerTokens, cost } = budget.spent;
  if (requests + cached > 0) {
    const price = cost === null ? 'at prices that are not known' : `$${cost.toFixed(4)}`;
    const kept = cached === 0 ? '' : `, ${count(cached, 'answer')} out of the cache`;
    // Failed requests may cost too: where no answer says what, nothing is known of it.
    const spent =
      requests > 0 && answers === 0
        ? 'none of them answered'
        : `${promptTokens} tokens asked and ${answerTokens} answered, ${price}`;
    output.note(`services: ${count(requests, 'request')}, ${spent}${kept}`);
  }
  if (!budget.signal.aborted) return false;
  for (const line of (budget.signal.reason as Error).message.split('\n')) output.note(line);
  return true;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

function dollars(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) throw new InvalidArgumentError('expected dollars, such as 2.50');
  return value;
}
