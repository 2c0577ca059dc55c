/** The pictures of an episode while it is looked at: in a file of the system's temporary folder, gone at the end. */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class PictureStore implements AsyncDisposable {
  /** Where each block begins, and where the last one ends. */
  readonly #ends: number[] = [0];

  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
  ) {}

  static async create(): Promise<PictureStore> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-view-'));
    return new PictureStore(folder, await open(join(folder, 'pictures'), 'wx+', 0o600));
  }

  /** Blocks that are there. */
  get count(): number {
    return this.#ends.length - 1;
  }

  /** Adds the next block. One call at a time. */
  async append(block: Buffer): Promise<void> {
    const at = this.#ends.at(-1) as number;
    await this.file.write(block, 0, block.byteLength, at);
    this.#ends.push(at + block.byteLength);
  }

  /** The blocks from `from` on, at most `count` of them, one after another; empty where there is none yet. */
  async read(from: number, count: number): Promise<Buffer> {
    const [start, end] = [this.#ends[from], this.#ends[Math.min(from + count, this.count)]];
    if (start === undefined || end === undefined || end <= start) return Buffer.alloc(0);
    const bytes = Buffer.allocUnsafe(end - start);
    const { bytesRead } = await this.file.read(bytes, 0, bytes.byteLength, start);
    return bytes.subarray(0, bytesRead);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
