/**
 * The shapes of scenes as signed distances: negative inside, positive outside, in units of the shape's radius, y down.
 * From a distance follow both the smooth edge of a drawn shape and its mask. The formulas are the usual ones of
 * Inigo Quilez' collection of two-dimensional distance functions.
 */

/** The distance of a point to a shape around the origin that fills about the unit circle. */
type Distance = (y: number, x: number) => number;

/** A convex polygon as the largest distance to its sides; each side is its outward normal and its offset. */
function convex(sides: readonly (readonly [normalY: number, normalX: number, offset: number])[]): Distance {
  return (y, x) => {
    let worst = Number.NEGATIVE_INFINITY;
    for (const [normalY, normalX, offset] of sides) worst = Math.max(worst, normalY * y + normalX * x - offset);
    return worst;
  };
}

const box = (y: number, x: number, halfHeight: number, halfWidth: number): number =>
  Math.max(Math.abs(y) - halfHeight, Math.abs(x) - halfWidth);

/** Five points: the plane is folded along the star's five axes, and one edge is left. */
function star(y: number, x: number): number {
  const tip = Math.PI / 5;
  const angle = Math.atan2(x, -y);
  const folded = Math.abs(((((angle + tip) % (2 * tip)) + 2 * tip) % (2 * tip)) - tip);
  const length = Math.hypot(y, x);
  // The edge runs from the tip (angle 0, radius 1) to the notch (angle π/5, radius 0.45).
  const [px, py] = [length * Math.sin(folded), length * Math.cos(folded)];
  const [ex, ey] = [0.45 * Math.sin(tip), 0.45 * Math.cos(tip) - 1];
  return (px * -ey + (py - 1) * ex) / Math.hypot(ex, ey);
}

/** Two quarter discs on a square that stands on its corner, shrunk so that the point lies at y = 0.9. */
function heart(y: number, x: number): number {
  const scale = 0.6;
  const [across, up] = [Math.abs(x) * scale, 0.54 - y * scale];
  if (across + up > 1) return (Math.hypot(across - 0.25, up - 0.75) - Math.SQRT2 / 4) / scale;
  const middle = 0.5 * Math.max(across + up, 0);
  const distance = Math.min(Math.hypot(across, up - 1), Math.hypot(across - middle, up - middle));
  return (Math.sign(across - up) * distance) / scale;
}

const third = Math.PI / 3;
const DISTANCES = {
  circle: (y, x) => Math.hypot(y, x) - 0.92,
  square: (y, x) => box(y, x, 0.8, 0.8),
  triangle: convex([
    [1, 0, 0.62],
    [-Math.cos(third), Math.sin(third), 0.5],
    [-Math.cos(third), -Math.sin(third), 0.5],
  ]),
  star,
  ring: (y, x) => Math.abs(Math.hypot(y, x) - 0.7) - 0.24,
  cross: (y, x) => Math.min(box(y, x, 0.92, 0.3), box(y, x, 0.3, 0.92)),
  diamond: (y, x) => (Math.abs(y) + Math.abs(x) * 1.35 - 1) / Math.hypot(1, 1.35),
  heart,
  moon: (y, x) => Math.max(Math.hypot(y, x) - 0.92, 0.78 - Math.hypot(y, x - 0.52)),
} as const satisfies Record<string, Distance>;

export type ShapeName = keyof typeof DISTANCES;
export const SHAPE_NAMES = Object.keys(DISTANCES) as ShapeName[];

/** Signed distance from a point to a shape of radius 1 around the origin. */
export function distanceTo(shape: ShapeName, y: number, x: number): number {
  return DISTANCES[shape](y, x);
}
