/**
 * The pictures of a record: its seed and actions played again in the real emulator, each step held against the recorded
 * one, every picture kept. Runs by itself from the beginning to the end, or along with a game that is being played.
 */

import type { View } from '../agent/index.js';
import { createView } from '../players/index.js';
import { type EpisodeRecord, openRecord, RecordAudit } from '../record/index.js';
import { type ReplayedStep, replayEpisode } from '../replay/episode.js';
import { type EnvFactory, explain, isDecision, versionDifferences } from '../replay/index.js';
import type { Canvas } from '../video/canvas.js';
import { canvasOf } from '../video/captions.js';
import { viewOfRecord } from '../video/index.js';
import { picturesOf } from '../video/panels.js';
import { pictureBlock } from './picture-blocks.js';
import type { PictureStore } from './picture-store.js';
import type { Progress } from './protocol.js';

/** What a policy was given, and why that is not certain. */
export interface GivenView {
  readonly view: View;
  readonly note: string | null;
}

/** The policy's own pictures where its preprocessing is known, else the frames that its game stacks. */
export async function givenOf({ game, policy }: EpisodeRecord['manifest']): Promise<GivenView> {
  try {
    return { view: await viewOfRecord({ game, policy }), note: null };
  } catch {
    const frames = Number.isInteger(game.config.frames) ? Math.min(64, Math.max(1, Number(game.config.frames))) : 1;
    const view = await createView('unknown', { game: { name: 'unknown', frames } });
    return { view, note: 'as the game stacks them: what this policy makes of them is not known here' };
  }
}

export class ReplayedPictures {
  #mismatch: Progress['mismatch'] = null;
  #isDone = false;
  /** What the next decision is made from. */
  #next: readonly Canvas[] = [];

  constructor(
    private readonly record: EpisodeRecord,
    private readonly store: PictureStore,
    private readonly given: GivenView,
  ) {}

  get mismatch(): Progress['mismatch'] {
    return this.#mismatch;
  }

  /** Whether all that can be played was. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Plays to the end of the record, or to the first step that is not as recorded. Rejects with what playing meets.
   * @param turn resolves when a step's pictures are wanted
   */
  async play(
    makeEnv: EnvFactory,
    waitForMore: (() => Promise<boolean>) | undefined,
    signal: AbortSignal,
    turn: (step: number) => Promise<void> = async () => {},
  ): Promise<void> {
    const { record } = this;
    await turn(0);
    if (signal.aborted) return;
    const audit = await RecordAudit.start(record);
    const env = await makeEnv(record.manifest, { render: true });
    try {
      const options = { framesAt: () => true, signal, ...(waitForMore ? { waitForMore } : {}) };
      // One block is made while the emulator plays the next step.
      let making: Promise<void> = Promise.resolve();
      for await (const step of replayEpisode(record, env, audit, options)) {
        await making;
        making = this.#keep(step);
        making.catch(() => {});
        if (step.difference) this.#differs(step.difference, env.emulators.versions);
        await turn(step.line.step + 1);
      }
      await making;
      if (this.#mismatch === null) await this.#finish(audit, waitForMore !== undefined, env.emulators.versions);
      this.#isDone = true;
    } finally {
      await env.close();
    }
  }

  async #keep({ line, played }: ReplayedStep): Promise<void> {
    if (played === undefined) return;
    const next = this.given.view(played.observation).map(canvasOf);
    // Beside the reset stand the pictures that the first decision is made from.
    const given = isDecision(line) ? this.#next : next;
    this.#next = next;
    await this.store.append(await pictureBlock(played.frames ? picturesOf(played.frames) : [], given));
  }

  async #finish(audit: RecordAudit, wasGrowing: boolean, versions: Readonly<Record<string, string>>): Promise<void> {
    if (!wasGrowing) {
      const difference = audit.finish();
      if (difference) this.#differs(difference, versions);
      return;
    }
    // The manifest that was read at first told no result.
    const { result } = (await openRecord(this.record.folder)).manifest;
    const chain = audit.tally?.chain;
    if (result === null || chain === undefined || result.chain === chain) return;
    this.#differs({ step: null, field: 'result.chain', expected: result.chain, got: chain, isRecordAltered: true }, {});
  }

  #differs(difference: NonNullable<ReplayedStep['difference']>, versions: Readonly<Record<string, string>>): void {
    const { step, field, expected, got, isRecordAltered } = difference;
    const why = explain(isRecordAltered, versionDifferences(this.record, versions));
    this.#mismatch = { step, field, expected, got, why };
  }
}
