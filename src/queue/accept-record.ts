/** Whether a worker's record may count, and how it gets into the evaluation's folder. */
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownTag } from '../core/index.js';
import { type EvaluationEntry, type EvaluationFolder, envelopeInOneLine } from '../evaluation/index.js';
import { checkAnswer, FailureCount } from './check-answer.js';
import { refused, type Verdict } from './coordinator.js';
import type { Difference, Identity } from './description.js';
import type { Envelope } from './envelope.js';
import { differenceInWords, differencesOf } from './identity.js';

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
  readonly #failures = new FailureCount();
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
  async accept(entry: EvaluationEntry, seed: number, envelope: Envelope): Promise<Verdict> {
    const { folder, identity: own, allowed, replay } = this.#options;
    const { identity, parts } = envelope;
    const differences = differencesOf(own, identity);
    const [forbidden] = differences.filter((one) => !allowed.includes(one));
    if (forbidden) return refused(`it was played with ${differenceInWords(forbidden, own, identity)}`);
    if (parts.length !== 2) return refused('it is no record');
    const place = folder.episodeFolder(entry, seed);
    const temporary = join(dirname(place), `${seed}.${ownTag()}.tmp`);
    let isMoved = false;
    try {
      const { manifest, trouble } = await checkAnswer(temporary, { entry, seed, file: folder.file }, envelope);
      if (trouble !== null) return refused(trouble);
      const otherwise = (await replay?.(temporary)) ?? null;
      if (otherwise !== null) return refused(otherwise);
      if (manifest.status === 'failed' && this.#failures.mayTryAgain(`${entry.game} ${entry.policy} ${seed}`)) {
        return { kind: 'again', reason: manifest.error ? envelopeInOneLine(manifest.error) : 'it failed' };
      }
      await this.#note(
        entry,
        differences.map((one) => differenceInWords(one, own, identity)),
      );
      await moveTo(temporary, place);
      isMoved = true;
      return { kind: 'accepted' };
    } finally {
      if (!isMoved) await rm(temporary, { recursive: true, force: true });
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
}

/** What is in the way, an episode that did not count, goes. */
async function moveTo(temporary: string, place: string): Promise<void> {
  try {
    await rename(temporary, place);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error;
    await rm(place, { recursive: true, force: true });
    await rename(temporary, place);
  }
}
