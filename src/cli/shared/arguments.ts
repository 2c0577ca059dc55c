/** Option values as commander's argument parsers: a wrong value is a usage error that names what was expected. */
import { InvalidArgumentError } from 'commander';

/** A parser for whole numbers within bounds, written in digits. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < lowest || value > highest) {
      throw new InvalidArgumentError(`expected a whole number from ${lowest} to ${highest}`);
    }
    return value;
  };
}

/** For an option that may be given several times. */
export const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Seeds are what Gymnasium's NumPy generator takes without loss on every side. */
export const seed = wholeNumber(0, 2 ** 32 - 1);
