/** The episodes that are looked at: a few at a time, because each keeps its pictures. */
import type { EnvFactory } from '../replay/index.js';
import { OpenEpisode } from './open-episode.js';

/** Four are shown side by side; the others are those that somebody may come back to. */
const MOST_OPEN = 8;

export class OpenedEpisodes implements AsyncDisposable {
  /** In the order in which they were last asked for. */
  readonly #open = new Map<string, Promise<OpenEpisode>>();

  constructor(private readonly makeEnv: EnvFactory) {}

  /** The episode of a folder, opened where it is not yet. Rejects as `OpenEpisode.open`. */
  async of(folder: string): Promise<OpenEpisode> {
    const known = this.#open.get(folder);
    const opening = known ?? OpenEpisode.open(folder, this.makeEnv);
    this.#open.delete(folder);
    this.#open.set(folder, opening);
    if (known === undefined) {
      opening.catch(() => this.#open.delete(folder));
      await this.#closeOldest();
    }
    return opening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#open.keys()];
    await Promise.all(all.map((folder) => this.#close(folder)));
  }

  async #closeOldest(): Promise<void> {
    const extra = [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - MOST_OPEN));
    await Promise.all(extra.map((folder) => this.#close(folder)));
  }

  async #close(folder: string): Promise<void> {
    const opening = this.#open.get(folder);
    this.#open.delete(folder);
    const episode = await opening?.catch(() => undefined);
    await episode?.[Symbol.asyncDispose]();
  }
}
