/** Pictures of Space Invaders as tests draw them: rectangles in the console's colours. */
import type { Frame } from '../../../src/core/index.js';

export const COLORS = {
  cannon: [0x32, 0x84, 0x32],
  invader: [0x86, 0x86, 0x1d],
  shield: [0xb5, 0x53, 0x28],
  shot: [0x8e, 0x8e, 0x8e],
  ship: [0x97, 0x19, 0x7a],
  ground: [0x50, 0x59, 0x16],
} as const;

export interface Rectangle {
  readonly color: keyof typeof COLORS;
  /** First and last column and row. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Shields, ground and the score's digits, which no teacher may take for something else, and what is added to them. */
export function picture(...added: readonly Rectangle[]): Frame {
  const data = new Uint8Array(210 * 160 * 3);
  const scenery: Rectangle[] = [
    { color: 'cannon', x: [4, 15], y: [10, 19] },
    { color: 'ground', x: [0, 159], y: [195, 209] },
    { color: 'cannon', x: [33, 34], y: [196, 200] },
    ...[42, 74, 106].map((left): Rectangle => ({ color: 'shield', x: [left, left + 7], y: [157, 174] })),
  ];
  for (const { color, x, y } of [...scenery, ...added])
    for (let row = y[0]; row <= y[1]; row++)
      for (let column = x[0]; column <= x[1]; column++) data.set(COLORS[color], (row * 160 + column) * 3);
  return { dtype: 'uint8', shape: [210, 160, 3], data };
}

/** A cannon whose centre is at `x`. */
export const cannon = (x: number): Rectangle => ({ color: 'cannon', x: [x - 3, x + 3], y: [185, 194] });

/** A bomb or a missile, eight rows high. */
export const shot = (x: number, top: number): Rectangle => ({ color: 'shot', x: [x, x], y: [top, top + 7] });

/** An invader whose centre is at `x` and a half. */
export const invader = (x: number, top: number): Rectangle => ({
  color: 'invader',
  x: [x - 3, x + 4],
  y: [top, top + 9],
});

/** The mother ship with its centre at `x`. */
export const motherShip = (x: number): Rectangle => ({ color: 'ship', x: [x - 3, x + 3], y: [12, 19] });
