/** How many requests run at once and how fast they follow each other, over all who ask through one client. */

/** Resolves after so many milliseconds; rejects where the signal is aborted before. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export interface RequestLimitSettings {
  readonly requestsAtOnce: number;
  /** Spread evenly over the minute; as fast as they come where left out. */
  readonly requestsPerMinute?: number;
}

export class RequestLimits {
  readonly #settings: RequestLimitSettings;
  readonly #sleep: Sleep;
  readonly #queue: (() => void)[] = [];
  #running = 0;
  /** By `performance.now()`: no request starts before. */
  #nextStart = 0;

  constructor(settings: RequestLimitSettings, sleep: Sleep) {
    this.#settings = settings;
    this.#sleep = sleep;
  }

  /** Runs a request when its turn has come, first come, first served. Rejects where the signal is aborted before. */
  async run<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      await this.#waitForStart(signal);
      return await request();
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }

  /** No request starts within so many milliseconds: a service that is asked too much says so to one for all. */
  pause(milliseconds: number): void {
    this.#nextStart = Math.max(this.#nextStart, performance.now() + milliseconds);
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < this.#settings.requestsAtOnce) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        this.#running++;
        resolve();
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(enter), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#queue.push(enter);
    });
  }

  async #waitForStart(signal: AbortSignal | undefined): Promise<void> {
    const now = performance.now();
    const start = Math.max(now, this.#nextStart);
    const { requestsPerMinute } = this.#settings;
    this.#nextStart = start + (requestsPerMinute === undefined ? 0 : 60_000 / requestsPerMinute);
    if (start > now) await this.#sleep(start - now, signal);
  }
}
