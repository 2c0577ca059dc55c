/** Columns of invaders, out of the pixels in their colour. */

/** A column of invaders. */
export interface Column {
  /** Centre; between two pixels where the width is even. */
  readonly x: number;
  readonly left: number;
  readonly right: number;
  /** Highest row of its highest invader, and lowest of its lowest. */
  readonly top: number;
  readonly bottom: number;
  readonly invaders: number;
}

/** Pixels of nothing that part two invaders: within one there are fewer. */
const GAP = 4;

/** Columns of invaders from the rows that are yellow at each x. */
export function columnsOf(yellow: readonly (readonly number[])[]): Column[] {
  const filled = [...yellow.keys()].filter((x) => yellow[x]?.length);
  return stretches(filled, GAP).map(([left, right]) => {
    const rows = [...new Set(yellow.slice(left, right + 1).flat())].sort((a, b) => a - b);
    return {
      x: (left + right) / 2,
      left,
      right,
      top: rows[0] as number,
      bottom: rows.at(-1) as number,
      invaders: stretches(rows, GAP).length,
    };
  });
}

/** First and last of each run of rising numbers in which none is `gap` or more after the one before it. */
export function stretches(numbers: readonly number[], gap: number): [number, number][] {
  const found: [number, number][] = [];
  for (const one of numbers) {
    const last = found.at(-1);
    if (last && one - last[1] < gap) last[1] = one;
    else found.push([one, one]);
  }
  return found;
}
