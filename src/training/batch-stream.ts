/** Batches ahead of time: a thread makes the next steps' while TensorFlow computes this one's. */
import { Worker } from 'node:worker_threads';
import { AgentError, type ErrorCode, type ErrorDetails } from '../core/errors.js';
import type { TrainingBatch } from '../model/learning/index.js';

/** Where a run's batches come from; steps are asked for in order. */
export interface BatchStream extends AsyncDisposable {
  /** The batches of step `step`, counted from 0. */
  next(step: number): Promise<readonly TrainingBatch[]>;
}

/** Steps that are made ahead; each is a few megabytes. */
const AHEAD = 2;

interface Reply {
  readonly step: number;
  readonly batches?: readonly TrainingBatch[];
  readonly error?: { readonly code?: ErrorCode; readonly message: string; readonly details?: ErrorDetails };
}

interface Pending {
  readonly promise: Promise<readonly TrainingBatch[]>;
  resolve(batches: readonly TrainingBatch[]): void;
  reject(error: Error): void;
}

/** A stream whose batches are made in a thread of their own, up to step `end`. */
export class ThreadedBatches implements BatchStream {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();

  /**
   * @param file of the thread; it answers each step's number as `serveBatches` does.
   * @param told what the thread is told, such as recipe and checkpoint: what can be copied.
   */
  constructor(
    file: URL,
    told: object,
    private readonly end: number,
  ) {
    this.#worker = new Worker(file, { workerData: told });
    this.#worker.on('message', (reply: Reply) => this.#receive(reply));
    this.#worker.on('error', (cause) => this.#failAll(asError(cause)));
    this.#worker.on('exit', () => this.#failAll(new AgentError('internal', 'the thread that makes batches ended')));
  }

  async next(step: number): Promise<readonly TrainingBatch[]> {
    for (let ahead = step; ahead <= Math.min(step + AHEAD, this.end - 1); ahead++) this.#ask(ahead);
    const batches = await this.#ask(step).promise;
    this.#pending.delete(step);
    return batches;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #ask(step: number): Pending {
    const known = this.#pending.get(step);
    if (known) return known;
    const pending = withResolvers();
    this.#pending.set(step, pending);
    this.#worker.postMessage(step);
    return pending;
  }

  #receive({ step, batches, error }: Reply): void {
    const pending = this.#pending.get(step);
    if (batches) pending?.resolve(batches);
    else pending?.reject(error ? new AgentError(error.code ?? 'internal', error.message, error.details) : new Error());
  }

  #failAll(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
  }
}

function withResolvers(): Pending {
  let settle: Pick<Pending, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<readonly TrainingBatch[]>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A step made ahead may fail before it is waited for.
  promise.catch(() => undefined);
  return { promise, ...(settle as Pick<Pending, 'resolve' | 'reject'>) };
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
