/** All tests with numbers, in the order of the page. A new one is registered here: docs/eyetest.md. */
import type { NumberTest } from './number-test.js';
import { paintings, pixelTests } from './pixels.js';
import { points } from './points.js';
import { sights } from './sights.js';

export const NUMBER_TESTS: readonly NumberTest[] = [...pixelTests, ...paintings, ...points, ...sights];

/** The test of a name; undefined where there is none, or where it is a test with choices. */
export function numberTest(name: string): NumberTest | undefined {
  return NUMBER_TESTS.find((test) => test.name === name);
}
