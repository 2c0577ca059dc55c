/**
 * Pictures of one episode: fetched in parts, kept as they came, and decoded when they are near. Decoding happens beside
 * the page's own work, so that scrubbing never waits for it.
 */
import { PART, type Source } from './source.js';

/** Parts whose bytes are kept, and pictures that are kept decoded. */
const PARTS_KEPT = 40;
const DECODED_KEPT = 96;

/** PNGs of a decision. */
interface Block {
  readonly frames: readonly Uint8Array[];
  readonly given: readonly Uint8Array[];
}

export class Pictures {
  /** In the order of their last use. */
  readonly #parts = new Map<number, readonly Block[]>();
  readonly #fetching = new Set<number>();
  readonly #decoded = new Map<string, ImageBitmap>();
  readonly #decoding = new Set<string>();
  /** The last decision that a source which plays on demand was asked for. */
  #demanded = -1;

  /**
   * @param onArrival called when something that was wanted is there
   * @param available decisions whose pictures the source has by now, and whether more come only where one asks
   */
  constructor(
    private readonly source: Source,
    private readonly id: string,
    private readonly onArrival: () => void,
    private readonly available: () => { readonly count: number; readonly isOnDemand: boolean },
  ) {}

  /** Frames of a decision; undefined where they are not fetched yet. */
  countOf(step: number): number | undefined {
    return this.#block(step)?.frames.length;
  }

  /** Pictures that the policy was given for a decision; undefined where they are not fetched yet. */
  givenCountOf(step: number): number | undefined {
    return this.#block(step)?.given.length;
  }

  /** A decoded picture; undefined where it is not there yet. It then comes with `onArrival`. */
  picture(step: number, kind: 'frames' | 'given', index: number): ImageBitmap | undefined {
    const key = `${step} ${kind} ${index}`;
    const found = this.#decoded.get(key);
    if (found) {
      this.#decoded.delete(key);
      this.#decoded.set(key, found);
      return found;
    }
    const bytes = this.#block(step)?.[kind][index];
    if (bytes === undefined) this.want(step);
    else if (!this.#decoding.has(key)) void this.#decode(key, bytes);
    return undefined;
  }

  /** Fetches the part of a decision, where it is not there; the rest of it where it was not whole. */
  want(step: number): void {
    const part = Math.floor(step / PART);
    if (step < 0 || this.#fetching.has(part) || this.#block(step)) return;
    const { count, isOnDemand } = this.available();
    if (step >= count) {
      if (!isOnDemand || step <= this.#demanded) return;
      this.#demanded = step;
    }
    void this.#fetch(part);
  }

  close(): void {
    for (const picture of this.#decoded.values()) picture.close();
    this.#decoded.clear();
    this.#parts.clear();
  }

  #block(step: number): Block | undefined {
    return this.#parts.get(Math.floor(step / PART))?.[step % PART];
  }

  async #fetch(part: number): Promise<void> {
    this.#fetching.add(part);
    try {
      const known = this.#parts.get(part) ?? [];
      const blocks = readBlocks(await this.source.pictures(this.id, part, known.length));
      this.#parts.delete(part);
      this.#parts.set(part, [...known, ...blocks]);
      dropOldest(this.#parts, PARTS_KEPT, () => {});
      if (blocks.length > 0) this.onArrival();
    } catch {
      // Asked for again with the next wish; what is wrong with the server is told elsewhere.
    } finally {
      this.#fetching.delete(part);
    }
  }

  async #decode(key: string, bytes: Uint8Array): Promise<void> {
    this.#decoding.add(key);
    try {
      this.#decoded.set(key, await createImageBitmap(new Blob([bytes as BlobPart], { type: 'image/png' })));
      dropOldest(this.#decoded, DECODED_KEPT, (picture) => picture.close());
      this.onArrival();
    } finally {
      this.#decoding.delete(key);
    }
  }
}

function dropOldest<K, V>(map: Map<K, V>, most: number, drop: (value: V) => void): void {
  for (const [key, value] of map) {
    if (map.size <= most) return;
    map.delete(key);
    drop(value);
  }
}

/** The blocks of src/view/picture-blocks.ts. */
function readBlocks(bytes: Uint8Array): Block[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Block[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const [frames, given] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    at += 4;
    const pictures: Uint8Array[] = [];
    for (let picture = 0; picture < frames + given; picture++) {
      const length = view.getUint32(at, true);
      pictures.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    blocks.push({ frames: pictures.slice(0, frames), given: pictures.slice(frames) });
  }
  return blocks;
}
