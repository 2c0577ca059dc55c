/**
 * Masks of polygons, pixel for pixel as pycocotools fills them (`maskApi.c`, rleFrPoly): the boundary is walked on a
 * grid five times finer, and the places where it crosses the middle of a column begin and end the runs. Other ways to
 * fill a polygon differ along its edge, and cIoU would not be comparable with published numbers.
 */
import type { Mask } from './mask.js';

const FINER = 5;

/** What lies in at least one of the polygons, each given as `[x0, y0, x1, y1, …]` in pixels. */
export function maskOfPolygons(polygons: readonly (readonly number[])[], height: number, width: number): Mask {
  const data = new Uint8Array(height * width);
  for (const polygon of polygons) fill(polygon, height, width, data);
  return { height, width, data };
}

function fill(polygon: readonly number[], height: number, width: number, data: Uint8Array): void {
  const crossings = crossingsOf(boundaryOf(polygon), height, width).sort((a, b) => a - b);
  // Between a crossing and the next one, column after column, pixels are inside; a column's last run ends with it.
  for (let i = 0; i < crossings.length; i += 2) {
    const end = crossings[i + 1] ?? height * width;
    for (let at = crossings[i] as number; at < end; at++) data[(at % height) * width + Math.floor(at / height)] = 1;
  }
}

/** The points of the finer grid along the boundary, as pairs. */
function boundaryOf(polygon: readonly number[]): readonly (readonly [number, number])[] {
  const corners = Array.from({ length: Math.floor(polygon.length / 2) }, (_, i) => ({
    x: Math.trunc(FINER * (polygon[2 * i] as number) + 0.5),
    y: Math.trunc(FINER * (polygon[2 * i + 1] as number) + 0.5),
  }));
  return corners.flatMap((from, i) => lineOf(from, corners[(i + 1) % corners.length] as Point));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function lineOf(a: Point, b: Point): (readonly [number, number])[] {
  const [across, down] = [Math.abs(b.x - a.x), Math.abs(b.y - a.y)];
  const isFlat = across >= down;
  const isTurned = isFlat ? a.x > b.x : a.y > b.y;
  const [from, to] = isTurned ? [b, a] : [a, b];
  const length = isFlat ? across : down;
  const slope = length === 0 ? 0 : isFlat ? (to.y - from.y) / length : (to.x - from.x) / length;
  return Array.from({ length: length + 1 }, (_, step) => {
    const t = isTurned ? length - step : step;
    const other = Math.trunc((isFlat ? from.y : from.x) + slope * t + 0.5);
    return isFlat ? ([t + from.x, other] as const) : ([other, t + from.y] as const);
  });
}

/** Where the boundary crosses the middle of a column, as numbers of pixels counted column after column. */
function crossingsOf(points: readonly (readonly [number, number])[], height: number, width: number): number[] {
  const crossings: number[] = [];
  for (let j = 1; j < points.length; j++) {
    const [[u0, v0], [u1, v1]] = [points[j - 1], points[j]] as [readonly [number, number], readonly [number, number]];
    if (u0 === u1) continue;
    const x = ((u1 < u0 ? u1 : u1 - 1) + 0.5) / FINER - 0.5;
    if (!Number.isInteger(x) || x < 0 || x > width - 1) continue;
    const y = Math.ceil(Math.min(Math.max((Math.min(v0, v1) + 0.5) / FINER - 0.5, 0), height));
    crossings.push(x * height + y);
  }
  return crossings;
}
