/** Which tests can be taken on this machine. */
import { NUMBER_TESTS } from './numbers/index.js';
import { EYE_TESTS } from './tests/index.js';

export interface TestsThere {
  /** Names, in the order of the page. */
  readonly all: readonly string[];
  readonly withChoices: readonly string[];
  /** Those whose pictures have not been fetched. */
  readonly missing: readonly string[];
}

export function testsThere(): TestsThere {
  const withChoices = EYE_TESTS.map(({ name }) => name);
  const withNumbers = NUMBER_TESTS.filter((test) => test.isThere()).map(({ name }) => name);
  const missing = NUMBER_TESTS.map(({ name }) => name).filter((name) => !withNumbers.includes(name));
  return { all: [...withChoices, ...withNumbers], withChoices, missing };
}
