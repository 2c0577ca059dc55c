/**
 * Where training pictures come from. Every source is a function of (split, index): the same pair gives the same bytes
 * on every machine, so that a resumed run sees what an uninterrupted one would have seen, and two models can be shown
 * the very same data.
 */
import type { Frame } from '../../core/nd-array.js';
import type { DrawnScene } from './scenes/draw-scene.js';

/** `validation` steers choices while training, `test` is looked at for results only. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** One picture with what is known about it. */
export interface ImageSample {
  /** `uint8` [side, side, 3], RGB. */
  readonly image: Frame;
  /** The source's name. */
  readonly source: string;
  /** Which picture it is: a seed, a file or an episode's step; for tables and error messages. */
  readonly origin: string;
  /** What a caption may say about it; undefined where nobody has said anything. */
  readonly caption?: string;
  /** Present where the picture was drawn: everything that is in it, and where. */
  readonly drawn?: DrawnScene;
  /** Present where it is a frame of a game: the game's name, and the picture in the emulator's own size. */
  readonly screen?: { readonly game: string; readonly frame: Frame };
}

export interface ImageSource {
  /** Such as `scenes`, `photographs`, `games`. */
  readonly name: string;
  /** Different pictures in a split; Infinity where each index draws a new one. Indices beyond it start again. */
  size(split: Split): number;
  /** The picture at `index` (from 0) of a split. Throws a RangeError where the split has none. */
  sample(split: Split, index: number): ImageSample;
}
