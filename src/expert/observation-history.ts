/**
 * The preprocessed frames of one episode that an expert's network sees, oldest first, in the convention it was trained
 * with.
 */

import type { Frame } from '../core/index.js';
import type { Picture } from './area-resize.js';
import type { Preprocessing } from './config.js';
import { preprocessFrame } from './preprocessing.js';

/** One network input: `stack` pictures, oldest first. */
export type PictureStack = readonly Picture[];

export class ObservationHistory {
  readonly #preprocessing: Preprocessing;
  #pictures: PictureStack = [];

  constructor(preprocessing: Preprocessing) {
    this.#preprocessing = preprocessing;
  }

  /** Adds the newest frame, the first of the episode where there was none; what was returned before does not change. */
  push(frame: Frame): PictureStack {
    const { stack, reset } = this.#preprocessing;
    const newest = preprocessFrame(frame, this.#preprocessing);
    if (this.#pictures.length === 0) {
      const before = reset === 'zeros' ? missing(newest) : newest;
      this.#pictures = [...Array.from({ length: stack - 1 }, () => before), newest];
    } else {
      this.#pictures = [...this.#pictures.slice(1), newest];
    }
    return this.#pictures;
  }

  /** The stack as it is; empty before the first frame. */
  get pictures(): PictureStack {
    return this.#pictures;
  }
}

function missing(like: Picture): Picture {
  return { ...like, data: new Uint8Array(like.data.length), isMissing: true };
}
