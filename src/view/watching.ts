/**
 * Streams of news to pages (server-sent events). News are states, not a queue: a page that is slow is told the newest
 * one when it is ready for it, and nothing is kept for it meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';

/** How often a state is looked at where nothing else is said. */
const LOOK_MS = 50;
/** After so long without news a line is sent, so that a page that is gone is noticed. */
const QUIET_MS = 5000;

export interface StreamOptions<T> {
  /** The stream ends after such a state. */
  readonly isLast?: (state: T) => boolean;
  readonly lookMs?: number;
  readonly onEnd?: () => void;
}

export class Watching {
  #count = 0;
  readonly #ended = new AbortController();

  /** Streams that are open. */
  get count(): number {
    return this.#count;
  }

  /** Ends all streams. */
  end(): void {
    this.#ended.abort();
  }

  /** Answers with a stream: what `state` gives, whenever it is another. */
  stream<T>(context: Context, state: () => T, options: StreamOptions<T> = {}): Response {
    const { isLast = () => false, lookMs = LOOK_MS, onEnd } = options;
    return streamSSE(context, async (stream) => {
      this.#count += 1;
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const signal = AbortSignal.any([gone.signal, this.#ended.signal]);
      let told: string | undefined;
      let toldAt = 0;
      try {
        while (!signal.aborted) {
          const now = state();
          const data = JSON.stringify(now);
          if (data !== told || performance.now() - toldAt > QUIET_MS) {
            // Resolves when the page has room for more.
            await stream.writeSSE({ data });
            told = data;
            toldAt = performance.now();
          }
          if (isLast(now)) return;
          await sleep(lookMs, undefined, { signal }).catch(() => {});
        }
      } finally {
        this.#count -= 1;
        onEnd?.();
      }
    });
  }
}
