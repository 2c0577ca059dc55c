/** Where patches lie, as the waves that an encoder's position embeddings begin with. */

/** Waves over the grid that a coordinate is told by; each takes a cosine and a sine. */
const WAVES = 4;

/** The code of patch `index`, counted row by row, of a grid of `grid` patches a side: its row, then its column. */
export function positionCode(index: number, grid: number): number[] {
  return [Math.floor(index / grid), index % grid].flatMap((at) => {
    const angles = Array.from({ length: WAVES }, (_, k) => (2 * Math.PI * (k + 1) * at) / grid);
    return [...angles.map(Math.cos), ...angles.map(Math.sin)];
  });
}
