/** The verdict on what a worker sent. */
import { AgentError } from '../core/index.js';
import { inOneLine } from '../evaluation/index.js';
import { type Envelope, unpackEnvelope } from './envelope.js';

/** What came of an answer. `again`: it was honest, and is played once more all the same. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The verdict on a lie. */
export const refused = (reason: string): Verdict => ({ kind: 'refused', reason });

export interface Refusal {
  readonly row: number;
  readonly seed: number | null;
  /** As it calls itself; null where that cannot be read. */
  readonly worker: string | null;
  readonly reason: string;
}

export interface JudgeOptions {
  /** Judges an answer that could be unpacked, and keeps its record where it is good. */
  readonly accept: (row: number, seed: number, envelope: Envelope) => Promise<Verdict>;
  readonly onRefused?: (refusal: Refusal) => void;
}

export class Judge {
  readonly #options: JudgeOptions;
  readonly #judging = new Set<Promise<unknown>>();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** @param data the answer as it came, or why there is none. Rejects with what is no worker's fault: a full disk. */
  async judge(row: number, seed: number, data: Buffer | string): Promise<Verdict> {
    const judged = this.#judge(row, seed, data);
    this.#judging.add(judged);
    return await judged.finally(() => this.#judging.delete(judged));
  }

  refuse(row: number, seed: number | null, worker: string | null, reason: string): void {
    this.#options.onRefused?.({ row, seed, worker, reason });
  }

  /** Resolves when what is being judged is judged. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#judging]);
  }

  async #judge(row: number, seed: number, data: Buffer | string): Promise<Verdict> {
    let worker: string | null = null;
    let verdict: Verdict;
    try {
      if (typeof data === 'string') throw new AgentError('record', data);
      const envelope = await unpackEnvelope(data);
      worker = envelope.worker;
      verdict = await this.#options.accept(row, seed, envelope);
    } catch (error) {
      // A full disk is no worker's fault, and not mended by playing again.
      if (!(error instanceof AgentError) || error.code !== 'record') throw error;
      verdict = refused(inOneLine(error));
    }
    if (verdict.kind === 'refused') this.refuse(row, seed, worker, verdict.reason);
    return verdict;
  }
}
