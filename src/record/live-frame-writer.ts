/** Leaves the newest picture of an episode for whoever watches: a few times a second, never at the game's expense. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isFrame, type NdArray } from '../core/index.js';
import { type LiveFrame, liveFrameBytes, liveFrameName } from './live-frame.js';

/** More pictures a second are not left. */
const EVERY_MS = 100;

/** No method throws: a game goes on without those who watch. */
export class LiveFrameWriter {
  readonly #path: string;
  #file: number | undefined;
  #isOver = false;
  #wroteAt = Number.NEGATIVE_INFINITY;
  /** What came too soon after another, and is left when it is time. */
  #waiting: LiveFrame | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(folder: string) {
    this.#path = join(folder, liveFrameName());
  }

  /** To be called when the step's line is written. What is no picture is left out. */
  show(step: number, observation: NdArray): void {
    if (this.#isOver || !isFrame(observation)) return;
    this.#waiting = { step, frame: observation };
    const due = this.#wroteAt + EVERY_MS - performance.now();
    if (due <= 0) this.#write();
    // The last one before a long thought is to be seen while it lasts.
    else this.#timer ??= setTimeout(() => this.#write(), due).unref();
  }

  /** Removes the file. Idempotent. */
  close(): void {
    this.#isOver = true;
    this.#waiting = undefined;
    clearTimeout(this.#timer);
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    try {
      closeSync(file);
      rmSync(this.#path, { force: true });
    } catch {
      // Swept later, as what a killed process leaves.
    }
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#waiting && liveFrameBytes(this.#waiting);
    this.#waiting = undefined;
    if (bytes === undefined) return;
    try {
      this.#file ??= openSync(this.#path, 'wx');
      // In place: a new file each time would cost the disk ten a second, and a reader knows half a picture by its hash.
      writeSync(this.#file, bytes, 0, bytes.byteLength, 0);
      this.#wroteAt = performance.now();
    } catch {
      this.close();
    }
  }
}
