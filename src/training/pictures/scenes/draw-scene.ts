/** Scenes as pictures, with the mask and box of everything in them. */
import type { Frame } from '../../../core/nd-array.js';
import { blend, type Rgb, secondTone } from './palette.js';
import type { Scene, SceneObject } from './scene.js';
import { distanceTo } from './shapes.js';
import { backdropAt, patternAt } from './textures.js';

/** Whole pixels, first and last both inside: [y0, x0, y1, x1], from 0 to side − 1. */
export type Box = readonly [y0: number, x0: number, y1: number, x1: number];

export interface DrawnScene {
  readonly scene: Scene;
  /** `uint8` [side, side, 3], RGB. */
  readonly image: Frame;
  /** [side · side]: 0 where the background shows, else 1 + the number of the object that lies in front. */
  readonly owners: Uint8Array;
  /** What is visible of each object. */
  readonly boxes: readonly Box[];
}

/** Draws a scene with smooth edges. */
export function drawScene(scene: Scene, side: number): DrawnScene {
  const data = new Uint8Array(side * side * 3);
  const owners = new Uint8Array(side * side);
  drawBackdrop(scene, side, data);
  for (const [i, object] of scene.objects.entries()) drawObject(object, i + 1, side, data, owners);
  const boxes = boxesOf(owners, scene.objects.length, side);
  return { scene, image: { dtype: 'uint8', shape: [side, side, 3], data }, owners, boxes };
}

/** The mask of an object: 1 where it is visible, else 0; [side · side]. */
export function maskOf({ owners }: DrawnScene, object: number): Uint8Array {
  return owners.map((owner) => (owner === object + 1 ? 1 : 0));
}

function drawBackdrop({ backdrop }: Scene, side: number, data: Uint8Array): void {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const colour = backdropAt(backdrop, (y + 0.5) / side, (x + 0.5) / side);
      put(data, y * side + x, colour, 1);
    }
  }
}

function drawObject(object: SceneObject, owner: number, side: number, data: Uint8Array, owners: Uint8Array): void {
  const radius = object.radius * side;
  const [centreY, centreX] = [object.y * side, object.x * side];
  const [cosine, sine] = [Math.cos(object.angle), Math.sin(object.angle)];
  const other = secondTone(object.rgb);
  // A turned shape reaches a little beyond its radius.
  const reach = radius * 1.3 + 1;
  const [top, bottom] = [Math.max(0, Math.floor(centreY - reach)), Math.min(side - 1, Math.ceil(centreY + reach))];
  const [left, right] = [Math.max(0, Math.floor(centreX - reach)), Math.min(side - 1, Math.ceil(centreX + reach))];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [down, along] = [(y + 0.5 - centreY) / radius, (x + 0.5 - centreX) / radius];
      const [u, v] = [down * cosine - along * sine, down * sine + along * cosine];
      const coverage = Math.min(Math.max(0.5 - distanceTo(object.shape, u, v) * radius, 0), 1);
      if (coverage === 0) continue;
      const pixel = y * side + x;
      put(data, pixel, blend(object.rgb, other, patternAt(object.pattern, u, v)), coverage);
      if (coverage >= 0.5) owners[pixel] = owner;
    }
  }
}

/** Lays a colour over a pixel. */
function put(data: Uint8Array, pixel: number, colour: Rgb, coverage: number): void {
  for (let c = 0; c < 3; c++) {
    const below = data[pixel * 3 + c] as number;
    const value = below + ((colour[c] as number) - below) * coverage;
    data[pixel * 3 + c] = Math.min(Math.max(Math.round(value), 0), 255);
  }
}

/** Boxes of all objects in one pass; an object of which nothing is visible has y1 < y0. */
function boxesOf(owners: Uint8Array, count: number, side: number): Box[] {
  const boxes = Array.from({ length: count }, (): [number, number, number, number] => [side, side, -1, -1]);
  for (let pixel = 0; pixel < owners.length; pixel++) {
    const owner = owners[pixel] as number;
    if (owner === 0) continue;
    const box = boxes[owner - 1] as [number, number, number, number];
    const [y, x] = [Math.floor(pixel / side), pixel % side];
    if (y < box[0]) box[0] = y;
    if (x < box[1]) box[1] = x;
    if (y > box[2]) box[2] = y;
    if (x > box[3]) box[3] = x;
  }
  return boxes;
}
