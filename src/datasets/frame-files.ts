/** Reading frames at random out of the shards' packs: files stay open, but not more than a few dozen at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { AgentError } from '../core/index.js';

/** Far below what a process may have open. */
const MOST_OPEN = 64;

export class FrameFiles implements Disposable {
  /** In the order of their last use. */
  readonly #open = new Map<string, number>();

  /** `length` bytes at `offset`, in a buffer of their own. */
  read(path: string, offset: number, length: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(length);
    const read = readSync(this.#handle(path), bytes, 0, length, offset);
    if (read === length) return bytes;
    throw new AgentError('dataset', 'a shard of the dataset is damaged', {
      expected: `${length} bytes at ${offset}`,
      got: `${read}`,
      where: path,
      next: 'open the dataset again; `agent datasets check` finds every damaged shard',
    });
  }

  [Symbol.dispose](): void {
    for (const handle of this.#open.values()) closeSync(handle);
    this.#open.clear();
  }

  #handle(path: string): number {
    const handle = this.#open.get(path) ?? openSync(path, 'r');
    this.#open.delete(path);
    this.#open.set(path, handle);
    if (this.#open.size > MOST_OPEN) {
      const [oldest, unused] = this.#open.entries().next().value as [string, number];
      this.#open.delete(oldest);
      closeSync(unused);
    }
    return handle;
  }
}
