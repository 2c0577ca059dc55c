/** Whether an answer's record is what was asked for, played by who its worker says. */
import { isDeepStrictEqual } from 'node:util';
import { type ExpectedEpisode, inOneLine, recordTrouble } from '../evaluation/index.js';
import { type EpisodeRecord, type Manifest, recordInMemory } from '../record/index.js';
import type { Identity } from './description.js';
import type { Envelope } from './envelope.js';

/** An episode that failed is played again elsewhere this often before it is a failed one. */
const FAILURES = 2;

/** The record of an answer that holds, or a reason why none may count. */
export type AnswerCheck =
  | { readonly record: EpisodeRecord; readonly trouble: null }
  | { readonly record: null; readonly trouble: string };

/** Looks at all of the record while it is in memory: what does not hold is never written. Never rejects. */
export async function checkAnswer(
  { identity, parts: [manifestText, steps] }: Envelope,
  expected: ExpectedEpisode,
): Promise<AnswerCheck> {
  if (manifestText === undefined || steps === undefined) return { record: null, trouble: 'it is no record' };
  let record: EpisodeRecord;
  try {
    record = recordInMemory('the answer', manifestText, steps);
  } catch (error) {
    return { record: null, trouble: `its manifest cannot be read: ${inOneLine(error)}` };
  }
  const { manifest } = record;
  const trouble = (await recordTrouble(record, expected)) ?? wrongEnd(manifest) ?? otherIdentity(manifest, identity);
  return trouble === null ? { record, trouble } : { record: null, trouble };
}

function wrongEnd({ status }: Manifest): string | null {
  return status === 'running' || status === 'cancelled' ? `its manifest says ${status}` : null;
}

/** What a record says of who played must be what its worker says. */
function otherIdentity({ versions, git }: Manifest, identity: Identity): string | null {
  if (!isDeepStrictEqual(versions, identity.versions)) return 'its packages are not those that its worker names';
  return isDeepStrictEqual(git, identity.git) ? null : 'its commit is not the one that its worker names';
}

/** Counts how often an episode has failed. */
export class FailureCount {
  readonly #failures = new Map<string, number>();

  /** Whether an episode that failed once more shall be played again elsewhere. */
  mayTryAgain(episode: string): boolean {
    const before = this.#failures.get(episode) ?? 0;
    this.#failures.set(episode, before + 1);
    return before < FAILURES;
  }
}
