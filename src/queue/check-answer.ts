/** Whether an answer's record is what was asked for, played by who its worker says. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolder } from '../core/index.js';
import { checkEpisode, type EpisodeCheck, type ExpectedEpisode } from '../evaluation/index.js';
import { MANIFEST_FILE, type Manifest, STEPS_FILE } from '../record/index.js';
import type { Identity } from './description.js';
import type { Envelope } from './envelope.js';

/** An episode that failed is played again elsewhere this often before it is a failed one. */
const FAILURES = 2;

/**
 * Writes the record into `folder` and looks at all of it. Rejects where it cannot be written, with Node's error.
 * Not synced: what a power cut takes is found missing or torn by whoever goes on, and played again.
 */
export async function checkAnswer(
  folder: string,
  expected: ExpectedEpisode,
  { identity, parts: [manifestText, steps] }: Envelope,
): Promise<EpisodeCheck> {
  if (manifestText === undefined || steps === undefined) return { manifest: null, trouble: 'it is no record' };
  await makeFolder(folder);
  const texts = [[STEPS_FILE, steps] as const, [MANIFEST_FILE, manifestText] as const];
  await Promise.all(texts.map(([name, text]) => writeFile(join(folder, name), text)));
  const check = await checkEpisode(folder, expected);
  if (check.trouble !== null) return check;
  const { manifest } = check;
  const trouble = wrongEnd(manifest) ?? otherIdentity(manifest, identity);
  return trouble === null ? check : { manifest, trouble };
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
