/** What is in a scene. Places and sizes are parts of the picture's side, so that a scene can be drawn at any size. */
import type { ColourName, Rgb } from './palette.js';
import type { ShapeName } from './shapes.js';
import type { Backdrop, PatternName } from './textures.js';

export const SIZE_NAMES = ['small', 'medium', 'large'] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

export interface SceneObject {
  readonly shape: ShapeName;
  readonly colour: ColourName;
  /** The tone it is drawn in. */
  readonly rgb: Rgb;
  readonly pattern: PatternName;
  readonly size: SizeName;
  /** Centre, from 0 (top, left) to 1. */
  readonly y: number;
  readonly x: number;
  readonly radius: number;
  /** Turn, in radians. */
  readonly angle: number;
}

export interface Scene {
  readonly seed: number;
  /** 0 (one or two plain shapes, exact colours) to 1 (up to seven, patterned, on a structured background). */
  readonly difficulty: number;
  readonly background: ColourName;
  readonly backdrop: Backdrop;
  /** In the order they are drawn: later ones lie in front. */
  readonly objects: readonly SceneObject[];
}
