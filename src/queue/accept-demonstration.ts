/** Whether a worker's demonstration may come into the dataset. */
import { AgentError } from '../core/index.js';
import type { CollectFailure, Collection, PlayedEpisode } from '../datasets/index.js';
import { type EvaluationEntry, envelopeInOneLine } from '../evaluation/index.js';
import { checkAnswer, FailureCount } from './check-answer.js';
import { packDemonstration, unpackDemonstration } from './demonstration.js';
import type { Identity } from './description.js';
import type { Envelope } from './envelope.js';
import { differenceInWords, differencesOf } from './identity.js';
import { refused, type Verdict } from './judge.js';

export interface DemonstrationKeeperOptions {
  readonly collection: Collection;
  /** This process's. Workers may differ in nothing: a dataset names one set of versions for all its episodes. */
  readonly identity: Identity;
  /** What every record must be of. */
  readonly entry: EvaluationEntry;
  /** Plays a seed again with players of its own; undefined where this one is taken as it is. */
  readonly again: (seed: number) => Promise<readonly Uint8Array[] | undefined>;
}

export class DemonstrationKeeper {
  readonly #options: DemonstrationKeeperOptions;
  readonly #numbers: ReadonlyMap<number, number>;
  readonly #failures = new FailureCount();
  /** Episodes that have failed for good. */
  readonly failed: CollectFailure[] = [];

  constructor(options: DemonstrationKeeperOptions) {
    this.#options = options;
    this.#numbers = new Map(options.collection.pending.map(({ seed, number }) => [seed, number]));
  }

  /** Keeps the episode, once all of it has held. Rejects where it cannot be written. */
  async accept(seed: number, envelope: Envelope): Promise<Verdict> {
    const { collection, identity: own, entry } = this.#options;
    const { identity, parts } = envelope;
    const [difference] = differencesOf(own, identity);
    if (difference) return refused(`it was played with ${differenceInWords(difference, own, identity)}`);
    const file = { max_decisions: collection.maxDecisions ?? null, plain: false };
    const { record, trouble } = await checkAnswer(envelope, { entry, seed, file });
    if (trouble !== null) return refused(trouble);
    const { status, error, result } = record.manifest;
    if (status === 'failed') {
      const reason = error ? envelopeInOneLine(error) : 'it failed';
      if (this.#failures.mayTryAgain(String(seed))) return { kind: 'again', reason };
      this.failed.push({ seed, error: new AgentError('internal', reason) });
      return { kind: 'accepted' };
    }
    // One that ended before its first decision leaves nothing, as where it is played here.
    if (result?.decisions === 0) return { kind: 'accepted' };
    if (parts.length !== 4) return refused('it has no labels and frames');
    const episode = await unpackDemonstration(record, parts.slice(2), {
      number: this.#numbers.get(seed) as number,
      actionCount: collection.game.actions.length,
      frame: collection.frame,
      noise: collection.noise,
      isOwnLabeller: collection.driver === collection.labeller,
    });
    const otherwise = await this.#playedAgain(episode, result?.chain);
    if (otherwise !== null) return refused(otherwise);
    await collection.keep(episode);
    for (const _ of episode.steps) collection.onStep();
    return { kind: 'accepted' };
  }

  /** What came out otherwise where a share is played again; null where nothing did. */
  async #playedAgain(episode: PlayedEpisode, chain: string | undefined): Promise<string | null> {
    const own = await this.#options.again(episode.seed);
    if (own === undefined) return null;
    const [manifest, , ...rest] = own;
    const played = JSON.parse(Buffer.from(manifest ?? []).toString()) as { result?: { chain?: string } | null };
    if (played.result?.chain !== chain) return 'played again, it goes another way';
    const [labels, frames] = packDemonstration(episode);
    if (!labels.equals(rest[0] ?? Buffer.alloc(0))) return 'played again, its labels are others';
    return frames.equals(rest[1] ?? Buffer.alloc(0)) ? null : 'played again, its frames are others';
  }
}
