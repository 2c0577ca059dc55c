/** Pictures in which words refer to one thing: what referring segmentation is trained and measured on. */
import { AgentError } from '../../core/errors.js';
import type { Frame } from '../../core/nd-array.js';
import type { Mask } from '../masks/mask.js';
import { SPLITS, type Split } from '../pictures/index.js';

/** One expression about a picture. */
export interface Referring {
  /** `uint8` [height, width, 3], RGB; of any size. */
  readonly image: Frame;
  /** Such as `the leftmost star`. */
  readonly expression: string;
  /** What it refers to, in the picture's size. */
  readonly mask: Mask;
  /** Other things that could be meant; null where nobody has marked them. */
  readonly others: Mask | null;
  /** Which picture it is, for tables and error messages. */
  readonly origin: string;
}

export interface ReferringSet {
  /** Such as `scenes`. */
  readonly name: string;
  /** Such as `train`, `validation`, `test`. */
  readonly splits: readonly string[];
  /** Different expressions of a split; Infinity where each index draws a new one. */
  size(split: string): number;
  /** The expression at `index` (from 0): the same on every machine. Indices beyond the size start again. */
  at(split: string, index: number): Promise<Referring>;
}

/** A split of the pictures that are drawn here. Throws `usage` where it is none. */
export function asSplit(given: string): Split {
  const found = SPLITS.find((split) => split === given);
  if (found) return found;
  throw new AgentError('usage', `there is no split ${JSON.stringify(given)}`, { expected: SPLITS.join(', ') });
}
