/**
 * The last frames of one episode, as a policy sees them. Nothing is copied: every message of the bridge has a buffer
 * of its own that nobody writes to again, so a frame stays what it was, and it stays the same object while it slides
 * through the stack, which lets policies keep what they computed from it in a WeakMap.
 */
import { type Frame, isFrame, type NdArray } from '../../core/index.js';

export class FrameStack {
  readonly #size: number;
  #frames: readonly Frame[] = [];

  /** `size`: frames stacked, from 1. */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`a stack holds 1 frame or more, got ${size}`);
    this.#size = size;
  }

  /** Oldest first; always `size` of them, or none where the observations are no pictures. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** Begins an episode: the first frame stands for those before it. */
  reset(observation: NdArray): void {
    this.#frames = isFrame(observation) ? Array.from({ length: this.#size }, () => observation) : [];
  }

  /** Adds the newest frame; the oldest one leaves. A stack handed out before is not changed. */
  push(observation: NdArray): void {
    if (this.#frames.length === 0) this.reset(observation);
    else if (isFrame(observation)) this.#frames = [...this.#frames.slice(1), observation];
  }
}
