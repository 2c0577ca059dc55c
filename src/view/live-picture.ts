/**
 * The newest picture that a game which is being played has left (`live-frame.ts` of the record), for a page that
 * follows it: neither played again nor taken on trust. It is shown where its hash is the one in the record's line of
 * its step.
 */
import { hashArray, isAgentError } from '../core/index.js';
import { type LiveFrame, readLiveFrame } from '../record/index.js';
import { canvasOf } from '../video/captions.js';
import { pngOf } from './picture-blocks.js';

/** A file that is half written, or a line that is not read yet, is soon all right. After so long it is not. */
const PATIENCE_MS = 2000;

export class LivePicture {
  #shown: LiveFrame | undefined;
  #trouble: string | null = null;
  /** When the file was last found to be right, or first looked for. */
  #rightAt: number | undefined;

  /** @param hashOf the hash of a step's observation by the record; undefined of a step that is not read yet */
  constructor(
    private readonly folder: string,
    private readonly hashOf: (step: number) => string | undefined,
  ) {}

  /** The step whose picture is there; null where none is yet. */
  get step(): number | null {
    return this.#shown?.step ?? null;
  }

  /** Why there is none that can be shown; null where all is well, and where it may still come. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** The picture as PNG. */
  async png(): Promise<Buffer | null> {
    return this.#shown ? pngOf(canvasOf(this.#shown.frame)) : null;
  }

  /** Looks for a newer one. Never rejects. One call at a time. */
  async look(): Promise<void> {
    this.#rightAt ??= performance.now();
    const wrong = await this.#read().catch(inWords);
    if (wrong === null) this.#rightAt = performance.now();
    if (wrong === null) this.#trouble = null;
    else if (performance.now() - this.#rightAt > PATIENCE_MS) this.#trouble = wrong;
  }

  /** What is wrong; null where there is a picture that can be shown. */
  async #read(): Promise<string | null> {
    const found = await readLiveFrame(this.folder, this.step);
    if (found === 'none') return 'it leaves no picture';
    if (found === 'known') return null;
    const expected = this.hashOf(found.step);
    if (expected === undefined) return `it left a picture of decision ${found.step}, which is not in its record`;
    const got = hashArray(found.frame);
    if (got !== expected) return `the picture of decision ${found.step} is ${got}, and ${expected} in its record`;
    this.#shown = found;
    return null;
  }
}

function inWords(error: unknown): string {
  if (!isAgentError(error)) return String(error);
  return [error.summary, error.details.got].filter(Boolean).join(': ');
}
