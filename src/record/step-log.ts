/**
 * steps.jsonl while it grows. A line is handed to the kernel before `append` returns, so a killed process loses
 * nothing. The write is a synchronous one on purpose: it copies a few hundred bytes into the page cache (about 5 µs),
 * where an asynchronous one costs a thread switch ten times as long and leaves lines in flight.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { AgentError } from '../core/index.js';
import { recordIoError } from './io-errors.js';
import { recordJson } from './json.js';

/** A longer line is refused by writer and reader alike: a hostile record must not fill the memory. */
export const MAX_LINE_BYTES = 4 * 2 ** 20;

/** How often to look whether the file is still in its folder; a write to a deleted file does not fail by itself. */
const PRESENCE_CHECK_MS = 1000;

export class StepLog {
  readonly #path: string;
  readonly #file: number;
  #size = 0;
  #checked = performance.now();
  #failure: AgentError | undefined;
  #isOpen = true;

  /** Makes the file; `flags` other than the default, which refuses an existing file, serve tests of failing devices. */
  constructor(path: string, flags = 'wx') {
    this.#path = path;
    try {
      this.#file = openSync(path, flags);
    } catch (error) {
      throw recordIoError('the steps of the episode cannot be recorded', path, error);
    }
  }

  /**
   * Writes a line. Throws `record` where it cannot; the lines before it stay, a part of this one is taken back, and
   * every later call throws the same, because a record with a gap would be worth nothing.
   */
  append(line: object): void {
    if (this.#failure) throw this.#failure;
    const bytes = Buffer.from(`${recordJson(line)}\n`);
    try {
      this.#refuseOverlong(bytes);
      this.#refuseDeleted();
      this.#write(bytes);
    } catch (error) {
      this.#failure = recordIoError('the steps of the episode cannot be recorded any more', this.#path, error);
      throw this.#failure;
    }
    this.#size += bytes.byteLength;
  }

  /** Closes the file, its lines on the disk where the file system knows how. Idempotent; never throws. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      fsyncSync(this.#file);
    } catch {
      // A device without fsync, or a disk that fails: the lines are as safe as they get.
    }
    closeSync(this.#file);
  }

  #write(bytes: Buffer): void {
    try {
      // A disk that fills up takes a part of a line and refuses the rest at the next call.
      for (let done = 0; done < bytes.byteLength; ) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      this.#takeBackTornLine();
      throw error;
    }
  }

  #takeBackTornLine(): void {
    try {
      ftruncateSync(this.#file, this.#size);
    } catch {
      // The reader tolerates a torn last line.
    }
  }

  #refuseDeleted(): void {
    const now = performance.now();
    if (now - this.#checked < PRESENCE_CHECK_MS) return;
    this.#checked = now;
    if (fstatSync(this.#file).nlink > 0) return;
    throw new AgentError('record', 'the record was deleted while the episode ran', {
      where: this.#path,
      next: 'leave the run folder alone until the episode is over',
    });
  }

  #refuseOverlong(bytes: Buffer): void {
    if (bytes.byteLength <= MAX_LINE_BYTES) return;
    throw new AgentError('record', 'a step is too large to be recorded', {
      expected: `at most ${MAX_LINE_BYTES} bytes a line`,
      got: `${bytes.byteLength} bytes`,
      where: this.#path,
      next: "limit the length of the policy's answers",
    });
  }
}
