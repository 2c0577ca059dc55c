/** Whether a worker's record may count, and how it gets into the evaluation's folder. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolder, ownTag } from '../core/index.js';
import { checkEpisode, type EvaluationEntry, type EvaluationFolder, envelopeInOneLine } from '../evaluation/index.js';
import { MANIFEST_FILE, type Manifest, STEPS_FILE } from '../record/index.js';
import type { Verdict } from './coordinator.js';
import type { Difference, Identity } from './description.js';
import type { Envelope } from './envelope.js';
import { differenceInWords, differencesOf } from './identity.js';

/** An episode that failed is played again elsewhere this often before it is a failed one. */
const FAILURES = 2;

export interface KeeperOptions {
  readonly folder: EvaluationFolder;
  /** This process's. */
  readonly identity: Identity;
  /** What workers may differ in. */
  readonly allowed: readonly Difference[];
  /** Plays a record again in an emulator; resolves to what is not as it says, or null. */
  readonly replay?: ((folder: string) => Promise<string | null>) | undefined;
}

export class RecordKeeper {
  readonly #options: KeeperOptions;
  readonly #failures = new Map<string, number>();
  readonly #differing: { game: string; policy: string; what: string }[];

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#differing = [...(options.folder.file.differing ?? [])];
  }

  /** What workers whose records count have differed in, row by row. */
  get differing(): readonly { game: string; policy: string; what: string }[] {
    return this.#differing;
  }

  /**
   * Puts the record where the evaluation has it, once it has held. Rejects where it cannot be written, with Node's
   * error.
   */
  async accept(entry: EvaluationEntry, seed: number, { identity, parts }: Envelope): Promise<Verdict> {
    const { folder, identity: own, allowed, replay } = this.#options;
    const differences = differencesOf(own, identity);
    const [forbidden] = differences.filter((one) => !allowed.includes(one));
    if (forbidden) return refused(`it was played with ${differenceInWords(forbidden, own, identity)}`);
    const [manifestText, steps] = parts;
    if (manifestText === undefined || steps === undefined || parts.length !== 2) return refused('it is no record');
    const place = folder.episodeFolder(entry, seed);
    const temporary = join(dirname(place), `${seed}.${ownTag()}.tmp`);
    try {
      await makeFolder(temporary);
      // Not synced: what a power cut takes is found missing or torn by whoever goes on, and played again.
      await writeFile(join(temporary, STEPS_FILE), steps);
      await writeFile(join(temporary, MANIFEST_FILE), manifestText);
      const { manifest, trouble } = await checkEpisode(temporary, { entry, seed, file: folder.file });
      if (trouble !== null) return refused(trouble);
      const reason = wrongEnd(manifest) ?? otherIdentity(manifest, identity) ?? (await replay?.(temporary)) ?? null;
      if (reason !== null) return refused(reason);
      if (manifest.status === 'failed' && this.#failedBefore(entry, seed) < FAILURES) {
        return { kind: 'again', reason: manifest.error ? envelopeInOneLine(manifest.error) : 'it failed' };
      }
      await rm(place, { recursive: true, force: true });
      await this.#note(
        entry,
        differences.map((one) => differenceInWords(one, own, identity)),
      );
      await rename(temporary, place);
      return { kind: 'accepted' };
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Before the record counts: a table that has it says what it was played with. */
  async #note({ game, policy }: EvaluationEntry, words: readonly string[]): Promise<void> {
    const isKnown = (what: string): boolean =>
      this.#differing.some((one) => one.game === game && one.policy === policy && one.what === what);
    const fresh = words.filter((what) => !isKnown(what));
    if (fresh.length === 0) return;
    this.#differing.push(...fresh.map((what) => ({ game, policy, what })));
    await this.#options.folder.update({ differing: [...this.#differing] });
  }

  #failedBefore({ game, policy }: EvaluationEntry, seed: number): number {
    const key = `${game} ${policy} ${seed}`;
    const before = this.#failures.get(key) ?? 0;
    this.#failures.set(key, before + 1);
    return before;
  }
}

const refused = (reason: string): Verdict => ({ kind: 'refused', reason });

function wrongEnd({ status }: Manifest): string | null {
  return status === 'running' || status === 'cancelled' ? `its manifest says ${status}` : null;
}

/** What a record says of who played must be what its worker says. */
function otherIdentity({ versions, git }: Manifest, identity: Identity): string | null {
  if (!isDeepStrictEqual(versions, identity.versions)) return 'its packages are not those that its worker names';
  return isDeepStrictEqual(git, identity.git) ? null : 'its commit is not the one that its worker names';
}
