/** How much of what clients send is held at a time, over all requests that are unanswered. */
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './service-error.js';

/** So many of the largest bodies may be held at a time: each is one that a request may have. */
const LARGEST_AT_ONCE = 4;

export class Bodies {
  #held = 0;
  readonly #most: number;

  /** @param bodyBytes most bytes of one body; one that does not say how long it is counts as so many. */
  constructor(private readonly bodyBytes: number) {
    this.#most = LARGEST_AT_ONCE * bodyBytes;
  }

  /**
   * Counts a body that is about to be read, until what is returned is called. Throws a `ServiceError` of status 429
   * where it is too much.
   */
  hold({ headers }: IncomingMessage): () => void {
    // A longer one is refused before it is read.
    const bytes = Math.min(Number(headers['content-length'] ?? this.bodyBytes), this.bodyBytes);
    if (this.#held + bytes > this.#most) {
      const message = `requests of ${this.#held} bytes are being answered; ask again later`;
      throw new ServiceError(message, { status: 429, code: 'queue_full', retryAfter: 1 });
    }
    this.#held += bytes;
    return () => {
      this.#held -= bytes;
    };
  }
}
