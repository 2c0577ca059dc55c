/** The end of one request: its time is over, its body stands still, or who asked no longer wants to know. */
import { RequestFailure } from './request-failure.js';

/**
 * A signal of its own for each request. `AbortSignal.any` would hang on to the caller's signal, which lives as long as
 * an evaluation.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #stallMs: number;
  #stall: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, stallMs: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#stallMs = stallMs;
    const late = `no whole answer within ${timeoutMs / 1000} s`;
    this.#timer = setTimeout(() => this.#controller.abort(new RequestFailure('timeout', late)), timeoutMs);
    caller?.addEventListener('abort', this.#cancel, { once: true });
    if (caller?.aborted) this.#cancel();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The time until the next call of this is limited too; `dispose` ends it. */
  heard(): void {
    const still = `the answer stood still for ${this.#stallMs / 1000} s`;
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.#controller.abort(new RequestFailure('timeout', still)), this.#stallMs);
  }

  /** The work's result, or a rejection with the signal's reason, whichever comes first. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { promise: over, reject } = withRejection();
    const end = (): void => reject(this.signal.reason);
    this.signal.addEventListener('abort', end, { once: true });
    if (this.signal.aborted) end();
    try {
      return await Promise.race([work, over]);
    } finally {
      this.signal.removeEventListener('abort', end);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#stall);
    this.#caller?.removeEventListener('abort', this.#cancel);
  }

  readonly #cancel = (): void => this.#controller.abort(this.#caller?.reason);
}

function withRejection(): { promise: Promise<never>; reject(reason: unknown): void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => {});
  return { promise, reject };
}
