/** Which pixels an expression is trained with: the paper's shares. */
import type { Random } from '../../core/random.js';
import { boxAround, type Mask } from '../masks/mask.js';
import type { Place } from '../tasks/pixels.js';

/** Of all pixels those on the object; of the others those on other objects; of what is left those anywhere. */
const [ON_OBJECT, ON_OTHERS, ANYWHERE] = [0.4, 0.5, 0.1] as const;
/** How far the ring around the object reaches, as a part of the longer side of its box. */
const RING = 0.25;

/**
 * `count` pixels: 40 % on the object; of the others half on other objects, a tenth anywhere in the picture, and the
 * rest in a ring around the object. Where there are no other objects, or no pixel in the ring, the share goes to
 * what is left.
 */
export function drawPlaces(mask: Mask, others: Mask | null, count: number, random: Random): Place[] {
  const inside = indicesOf(mask.data, (value) => value === 1);
  const onOthers = others === null ? [] : indicesOf(others.data, (value) => value === 1);
  const ring = ringAround(mask);
  const everywhere = Array.from(mask.data.keys());
  const away = count - Math.round(ON_OBJECT * count);
  const wanted = [
    { from: inside, part: count - away },
    { from: onOthers, part: onOthers.length === 0 ? 0 : Math.round(ON_OTHERS * away) },
    { from: everywhere, part: Math.round(ANYWHERE * away) },
  ];
  const left = count - wanted.reduce((sum, { part }) => sum + part, 0);
  return [...wanted, { from: ring.length === 0 ? everywhere : ring, part: left }].flatMap(({ from, part }) =>
    Array.from({ length: part }, () => placeOf(random.pick(from.length === 0 ? everywhere : from), mask.width)),
  );
}

/** Pixels outside of the object and near its box. */
function ringAround(mask: Mask): number[] {
  const box = boxAround(mask);
  if (!box) return [];
  const [y0, x0, y1, x1] = box;
  const reach = Math.max(2, Math.round(RING * Math.max(y1 - y0 + 1, x1 - x0 + 1)));
  return indicesOf(mask.data, (value, i) => {
    const { y, x } = placeOf(i, mask.width);
    return value === 0 && y >= y0 - reach && y <= y1 + reach && x >= x0 - reach && x <= x1 + reach;
  });
}

function indicesOf(data: Uint8Array, isWanted: (value: number, index: number) => boolean): number[] {
  const found: number[] = [];
  for (const [i, value] of data.entries()) if (isWanted(value, i)) found.push(i);
  return found;
}

function placeOf(index: number, width: number): Place {
  return { y: Math.floor(index / width), x: index % width };
}
