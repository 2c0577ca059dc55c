/** The newest picture that a game has left while it is played; fetched one at a time, so that none waits for others. */
import type { Server } from './source.js';

export class LivePicture {
  #picture: ImageBitmap | undefined;
  #step: number | null = null;
  #isFetching = false;

  /** @param onArrival called when a newer one is there */
  constructor(
    private readonly server: Server | null,
    private readonly id: string,
    private readonly onArrival: () => void,
  ) {}

  /** The newest that is here; undefined where none is. That of the decision `step` is fetched where it is another. */
  newest(step: number | null): ImageBitmap | undefined {
    if (step !== null && step !== this.#step && !this.#isFetching) void this.#fetch(step);
    return this.#picture;
  }

  close(): void {
    this.#picture?.close();
    this.#picture = undefined;
  }

  async #fetch(step: number): Promise<void> {
    this.#isFetching = true;
    try {
      const bytes = await this.server?.livePicture(this.id);
      if (bytes === undefined) return;
      const picture = await createImageBitmap(bytes);
      this.close();
      this.#picture = picture;
      this.#step = step;
      this.onArrival();
    } catch {
      // Asked for again with the next news.
    } finally {
      this.#isFetching = false;
    }
  }
}
