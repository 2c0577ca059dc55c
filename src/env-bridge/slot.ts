/** The place of one environment in an emulator process: outlives the process, so that another can take it over. */
import { crc32 } from 'node:zlib';
import type { AgentError, EnvSpec, JsonObject, NdArray } from '../core/index.js';
import { type ObservationLayout, observationLayout } from './decode-steps.js';
import type { MakeFields } from './protocol.js';
import type { Action, VectorStep } from './types.js';

/** How an episode begins. */
export interface EpisodeBeginning {
  readonly seed: number;
  readonly options: JsonObject | null;
}

/** Everything that brings a fresh environment to where the running episode is, and proves that it is there. */
export interface EpisodeLog extends EpisodeBeginning {
  readonly actions: Action[];
  readonly rewards: number[];
  /** Of the observation at the reset and after each action: one more than actions, or as many while `latest` waits. */
  readonly fingerprints: number[];
  /** The last observation, whose fingerprint has not been taken yet. */
  latest: NdArray | null;
}

/**
 * A CRC-32 of an observation's bytes. Replay compares one for every step of an episode, against accidents and not
 * against an adversary, and it is taken for every step played: SHA-256 would cost several times as much.
 */
export function fingerprint({ data }: NdArray): number {
  return crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

export class Slot {
  /** The handle in the present process; null while there is none. */
  handle: number | null = null;
  /** The running episode; null outside an episode and where episodes are not kept. */
  episode: EpisodeLog | null = null;
  /** Why the episode, or without a handle the environment, is lost; null while all is well. */
  lost: AgentError | null = null;
  /** No new process needs to make it again. */
  isClosing = false;
  readonly fields: MakeFields;
  readonly #keepsEpisodes: boolean;
  #spec: EnvSpec | undefined;
  #layout: ObservationLayout | undefined;

  /** `keepsEpisodes`: whether the process can be replaced, so that episodes have to be kept. */
  constructor(fields: MakeFields, keepsEpisodes: boolean) {
    this.fields = fields;
    this.#keepsEpisodes = keepsEpisodes;
  }

  /** Known once the environment was made for the first time. */
  get spec(): EnvSpec {
    if (this.#spec === undefined) throw new Error('The environment has not been made yet');
    return this.#spec;
  }

  get layout(): ObservationLayout {
    if (this.#layout === undefined) throw new Error('The environment has not been made yet');
    return this.#layout;
  }

  get isMade(): boolean {
    return this.#spec !== undefined;
  }

  become(handle: number, spec: EnvSpec): void {
    this.handle = handle;
    this.#spec = spec;
    this.#layout = observationLayout(spec.observationSpace.dtype, spec.observationSpace.shape);
  }

  /** Takes down what came of a reset. */
  recordReset({ seed, options }: EpisodeBeginning, step: VectorStep): void {
    this.lost = null;
    this.episode =
      step.kind === 'failed' || !this.#keepsEpisodes
        ? null
        : { seed, options, actions: [], rewards: [], fingerprints: [], latest: step.observation };
  }

  /** Takes the fingerprint of the last observation, if it has not been: best done while the emulator works. */
  takeFingerprint(): void {
    const { episode } = this;
    if (episode?.latest == null) return;
    episode.fingerprints.push(fingerprint(episode.latest));
    episode.latest = null;
  }

  /** Takes down what came of an action. */
  recordStep(action: Action, step: VectorStep): void {
    if (this.episode === null) return;
    if (step.kind === 'mid') {
      this.takeFingerprint();
      this.episode.actions.push(action);
      this.episode.rewards.push(step.reward);
      this.episode.latest = step.observation;
    } else if (step.kind !== 'failed' || step.error.code === 'env_failure') {
      this.episode = null; // over; every other error leaves the episode as it was
    }
  }
}
