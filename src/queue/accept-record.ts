/** Whether a worker's record may count, and how it gets into the evaluation's folder. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, ownTag, systemCode } from '../core/index.js';
import { type EvaluationEntry, type EvaluationFolder, envelopeInOneLine } from '../evaluation/index.js';
import { type EpisodeRecord, MANIFEST_FILE, STEPS_FILE } from '../record/index.js';
import { checkAnswer, FailureCount } from './check-answer.js';
import type { Difference, Identity } from './description.js';
import type { Envelope } from './envelope.js';
import { differenceInWords, differencesOf } from './identity.js';
import { refused, type Verdict } from './judge.js';

export interface KeeperOptions {
  readonly folder: EvaluationFolder;
  /** This process's. */
  readonly identity: Identity;
  /** What workers may differ in. */
  readonly allowed: readonly Difference[];
  /** Plays a record again in an emulator; resolves to what is not as it says, or null. */
  readonly replay?: ((record: EpisodeRecord) => Promise<string | null>) | undefined;
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
    const { record, trouble } = await checkAnswer(envelope, { entry, seed, file: folder.file });
    if (trouble !== null) return refused(trouble);
    const otherwise = (await replay?.(record)) ?? null;
    if (otherwise !== null) return refused(otherwise);
    const { status, error } = record.manifest;
    if (status === 'failed' && this.#failures.mayTryAgain(`${entry.game} ${entry.policy} ${seed}`)) {
      return { kind: 'again', reason: error ? envelopeInOneLine(error) : 'it failed' };
    }
    await this.#note(
      entry,
      differences.map((one) => differenceInWords(one, own, identity)),
    );
    await writeRecord(folder.episodeFolder(entry, seed), parts);
    return { kind: 'accepted' };
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

/**
 * The record is there whole or not at all. Not synced to the disk: what a power cut takes is found missing or torn by
 * whoever goes on, and played again. Synchronous calls on purpose, as in the log of steps: they end in the page cache,
 * where asynchronous ones cost a thread switch each, three times as much together.
 */
async function writeRecord(place: string, [manifest, steps]: Envelope['parts']): Promise<void> {
  const temporary = `${place}.${ownTag()}.tmp`;
  try {
    await makeEmpty(temporary);
    writeFileSync(join(temporary, STEPS_FILE), steps as Uint8Array);
    writeFileSync(join(temporary, MANIFEST_FILE), manifest as Uint8Array);
    moveTo(temporary, place);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** The first record of a row finds no folder yet. */
async function makeEmpty(folder: string): Promise<void> {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await makeFolder(dirname(folder));
    mkdirSync(folder);
  }
}

/** What is in the way, an episode that did not count, goes. */
function moveTo(temporary: string, place: string): void {
  try {
    renameSync(temporary, place);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
    rmSync(place, { recursive: true, force: true });
    renameSync(temporary, place);
  }
}
