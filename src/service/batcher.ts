/**
 * Requests of several clients in one call. What can be asked together is taken out of the queue together, the oldest
 * first. Clients that play side by side ask one after another within a few milliseconds: the queue waits for as many as
 * there were lately as long as they keep coming, and not at all for a client that is alone.
 */
import { ServiceError } from './service-error.js';

/** Nobody else is coming where nobody came for so many milliseconds. */
const GAP_MS = 5;
/** Longest wait of the oldest request for others, in milliseconds: a part of what a batch of many takes. */
const GATHER_MS = 40;
/** Batches whose company counts as late enough. */
const REMEMBERED = 8;

export interface BatcherOptions<Q, A> {
  /** Answers in order. */
  readonly run: (batch: readonly Q[]) => Promise<readonly A[]>;
  /** Requests with equal keys go into one batch. */
  readonly keyOf: (request: Q) => string;
  readonly maxBatch: number;
  /** Requests that wait, at most; a further one is refused. */
  readonly maxWaiting: number;
}

interface Job<Q, A> {
  readonly request: Q;
  readonly since: number;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<Q, A> {
  #waiting: Job<Q, A>[] = [];
  #isRunning = false;
  #wake: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #isClosed = false;
  #running = 0;
  #current: Promise<void> | undefined;
  /** Most requests that were unanswered at a time, by batch. */
  readonly #company = [0];

  constructor(private readonly options: BatcherOptions<Q, A>) {}

  /** Requests that wait to be run. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * The answer to a request. Rejects with a `ServiceError` of status 429 where too many wait and 503 after `close`,
   * with the signal's reason, and with what `run` rejects with.
   */
  ask(request: Q, signal: AbortSignal): Promise<A> {
    if (this.#isClosed) {
      return Promise.reject(new ServiceError('the service is being stopped', { status: 503, code: 'stopping' }));
    }
    if (this.#waiting.length >= this.options.maxWaiting) {
      const message = `${this.#waiting.length} requests wait already; ask again later`;
      return Promise.reject(new ServiceError(message, { status: 429, code: 'queue_full', retryAfter: 1 }));
    }
    return new Promise<A>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const job = { request, since: performance.now(), resolve, reject };
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((one) => one !== job);
        reject(signal.reason);
      });
      this.#waiting.push(job);
      this.#company.push(Math.max(this.#company.pop() ?? 0, this.#waiting.length + this.#running));
      this.#schedule();
    });
  }

  /** Refuses whatever comes from now on; what waits is still answered. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when the model is at nothing. */
  async idle(): Promise<void> {
    await this.#current;
  }

  #schedule(): void {
    const [oldest, newest] = [this.#waiting.at(0), this.#waiting.at(-1)];
    if (this.#isRunning || !oldest || !newest) return;
    clearTimeout(this.#wake as NodeJS.Timeout);
    clearImmediate(this.#wake as NodeJS.Immediate);
    const now = performance.now();
    const left = Math.min(newest.since + GAP_MS - now, oldest.since + GATHER_MS - now);
    const isEnough = this.#waiting.length >= Math.min(Math.max(...this.#company), this.options.maxBatch);
    // What has arrived in the same turn of the event loop is still to be read.
    this.#wake = isEnough || left <= 0 ? setImmediate(this.#begin) : setTimeout(this.#begin, left);
  }

  readonly #begin = (): void => {
    if (!this.#isRunning) this.#current = this.#run();
  };

  async #run(): Promise<void> {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    const { keyOf, maxBatch, run } = this.options;
    const key = keyOf(oldest.request);
    const batch = this.#waiting.filter(({ request }) => keyOf(request) === key).slice(0, maxBatch);
    this.#waiting = this.#waiting.filter((job) => !batch.includes(job));
    this.#isRunning = true;
    this.#running = batch.length;
    try {
      const answers = await run(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, i) => {
        resolve(answers[i] as A);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#isRunning = false;
      this.#running = 0;
      this.#company.push(this.#waiting.length);
      if (this.#company.length > REMEMBERED) this.#company.shift();
      this.#schedule();
    }
  }
}
