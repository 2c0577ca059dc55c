/**
 * The seal of a record: a hash chain over the whole text of its parts, in the order manifest as it was at the start,
 * each line, manifest at the end. The chain of `chain.ts` stands for what happened; the seal for every word that was
 * written, so that a later change of any field is seen. It is a checksum, no signature: who changes a record can seal
 * it anew.
 */
import { chainHash } from '../core/index.js';
import { recordJson } from './json.js';
import type { Manifest } from './schema.js';

/** How a sealed line ends. */
const SEAL_AT_END = /,"seal":"([0-9a-f]{32})"\}$/;

type Unsealed = Omit<Manifest, 'seal'>;

/** The first link: of the manifest as it was when the episode began. */
export function sealOfStart(running: Unsealed): string {
  return chainHash('', recordJson(running));
}

/** The link of a line, without its seal, after the one of the line before. */
export function sealOfLine(previous: string, line: object): string {
  return chainHash(previous, recordJson(line));
}

/** The last link: of the manifest as it is in the end. */
export function sealOfEnd(previous: string, manifest: Unsealed): string {
  return chainHash(previous, recordJson(manifest));
}

/** The link that a line's text should have, and the one that it has; null of a text that carries none. */
export function readSeal(
  previous: string,
  text: string,
): { readonly expected: string; readonly written: string } | null {
  const match = SEAL_AT_END.exec(text);
  if (match === null) return null;
  return { expected: chainHash(previous, `${text.slice(0, match.index)}}`), written: match[1] as string };
}

/** What a manifest that was read comes to: its links, and whether it carries the right one where no line is needed. */
export class ManifestSeal {
  readonly written: string;
  /** Of the manifest as it was at the start, made again from what it is now. */
  readonly start: string;
  readonly #json: Unsealed;
  readonly #isRunning: boolean;

  /** @param json of manifest.json as it stands in the file, in its order of fields; format 2. */
  constructor({ seal = '', ...json }: Manifest) {
    this.written = seal;
    this.#json = json;
    this.#isRunning = json.status === 'running';
    this.start = sealOfStart({ ...json, status: 'running', finished: null, error: null, result: null });
  }

  /** The link that it should carry after the last line's. */
  expected(last: string): string {
    return this.#isRunning ? this.start : sealOfEnd(last, this.#json);
  }
}
