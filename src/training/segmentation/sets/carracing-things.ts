/** The car and the road in a frame of CarRacing-v3, by the colours that Gymnasium draws them in. */
import type { Frame } from '../../../core/nd-array.js';
import type { Mask } from '../../masks/mask.js';

/** Rows below are the indicators'. */
const FIELD = 84 / 96;

export function carRacingThings(frame: Frame): ReadonlyMap<string, Mask> {
  const things = new Map([
    ['the car', maskWhere(frame, isCar)],
    ['the road', maskWhere(frame, isRoad)],
  ]);
  return new Map([...things].filter(([, { data }]) => data.includes(1)));
}

/** Its body is red; wheels are black and belong to it as well, but have few pixels of their own colour. */
function isCar(red: number, green: number, blue: number): boolean {
  return red > 180 && green < 40 && blue < 40;
}

/** Grey; every second piece is a little lighter. */
function isRoad(red: number, green: number, blue: number): boolean {
  return red === green && green === blue && red >= 96 && red <= 112;
}

function maskWhere({ shape, data }: Frame, isInside: (red: number, green: number, blue: number) => boolean): Mask {
  const [height, width, channels] = shape as [number, number, number];
  const mask = new Uint8Array(height * width);
  for (let i = 0; i < Math.floor(FIELD * height) * width; i++) {
    const at = i * channels;
    if (isInside(data[at] as number, data[at + 1] as number, data[at + 2] as number)) mask[i] = 1;
  }
  return { height, width, data: mask };
}
