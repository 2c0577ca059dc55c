/** All tests, in the order of the page. A new one is registered here: docs/eyetest.md says how it is made. */
import { dot, gap, letter, offset } from './acuity.js';
import { fineStripes, middleStripes, patch, wideStripes } from './contrast.js';
import type { EyeTest } from './eye-test.js';
import { longMotion, motion, moved } from './motion.js';
import { count, ruler } from './place.js';
import { color, larger, shape } from './things.js';

export const EYE_TESTS: readonly EyeTest[] = [
  gap,
  letter,
  dot,
  fineStripes,
  middleStripes,
  wideStripes,
  patch,
  offset,
  ruler,
  count,
  moved,
  motion,
  longMotion,
  shape,
  color,
  larger,
];

export { choicesOf, type DrawnQuestion, type EyeTest } from './eye-test.js';
