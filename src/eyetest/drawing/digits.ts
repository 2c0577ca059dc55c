/** Digits of three by five points, for the marks of a ruler. */
import { box, type Shape } from './canvas.js';

/** Row after row, from 0 to 9. */
const DIGITS = [
  '###\n# #\n# #\n# #\n###',
  ' # \n## \n # \n # \n###',
  '###\n  #\n###\n#  \n###',
  '###\n  #\n###\n  #\n###',
  '# #\n# #\n###\n  #\n  #',
  '###\n#  \n###\n  #\n###',
  '###\n#  \n###\n# #\n###',
  '###\n  #\n  #\n  #\n  #',
  '###\n# #\n###\n# #\n###',
  '###\n# #\n###\n  #\n###',
].map((rows) => rows.split('\n'));

/** A digit from `top` and `left` on, in points of `size` pixels. */
export function digit(value: number, top: number, left: number, size: number): Shape {
  const rows = DIGITS[value] as readonly string[];
  const has = (y: number, x: number): boolean =>
    rows[Math.floor((y - top) / size)]?.[Math.floor((x - left) / size)] === '#';
  return { ...box(top, left, 5 * size, 3 * size), has };
}
