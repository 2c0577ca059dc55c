/**
 * Memory shared with one emulator process: a file that never has a name for longer than it takes to open it, so that
 * nothing is left however either side ends. This side owns it: it names the place of each reply's frames, and gives
 * a place out again only after it has read what was there.
 */

import { randomUUID } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { protocolViolation } from './protocol.js';

/** Where Linux keeps files in memory; elsewhere there is no such place, and frames travel through sockets. */
const FOLDER = '/dev/shm';
/** Room for the frames in flight of one process: twenty batches of eight CarRacing frames, ten of four Atari ones. */
const BYTES = 8 * 2 ** 20;

/**
 * Messages are read into stretches of a common buffer: a buffer of its own for each frame would cost several times as
 * much, most of it in collecting garbage. A frame that a caller keeps also keeps at most this much beside it.
 */
const BUFFER_BYTES = 512 * 1024;
/** Where the next stretch may begin: any element type can view it there. */
const ALIGNMENT = 64;

/** A stretch of the memory, given out until it is read or returned. */
export interface Place {
  readonly start: number;
  readonly size: number;
}

export class SharedMemory {
  /** The open file, which an emulator process inherits. */
  readonly descriptor: number;
  readonly size: number;
  /** What is given out, by where it begins. */
  readonly #taken: Place[] = [];
  #buffer = Buffer.alloc(0);
  #used = 0;
  #isClosed = false;

  private constructor(descriptor: number, size: number) {
    this.descriptor = descriptor;
    this.size = size;
  }

  /** Undefined where the machine has no place for it. */
  static create(size = BYTES): SharedMemory | undefined {
    const path = join(FOLDER, `agent-envs-${randomUUID()}`);
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      ftruncateSync(descriptor, size);
      return new SharedMemory(descriptor, size);
    } catch {
      if (descriptor !== undefined) closeSync(descriptor);
      return undefined;
    }
  }

  /** The first free stretch of `size` bytes; undefined where there is none. */
  take(size: number): Place | undefined {
    let start = 0;
    let index = 0;
    for (const taken of this.#taken) {
      if (taken.start - start >= size) break;
      start = taken.start + taken.size;
      index += 1;
    }
    if (start + size > this.size) return undefined;
    const place = { start, size };
    this.#taken.splice(index, 0, place);
    return place;
  }

  /** The first `bytes` of a place, copied out of it. Throws `protocol` where the place is smaller. */
  read({ start, size }: Place, bytes: number): Buffer {
    if (bytes > size) throw protocolViolation('reply over the lane', `at most ${size} bytes`, `${bytes} bytes`);
    const content = this.#allocate(bytes);
    readSync(this.descriptor, content, 0, bytes, start);
    return content;
  }

  #allocate(bytes: number): Buffer {
    if (bytes > BUFFER_BYTES / 2) return Buffer.allocUnsafeSlow(bytes);
    if (this.#used + bytes > this.#buffer.length) {
      this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
      this.#used = 0;
    }
    const content = this.#buffer.subarray(this.#used, this.#used + bytes);
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return content;
  }

  /** Gives a place back. */
  release(place: Place): void {
    this.#taken.splice(this.#taken.indexOf(place), 1);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.descriptor);
  }
}
