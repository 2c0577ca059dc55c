/**
 * What every training run does: it goes on from the newest state in its folder, keeps a curve, saves its state every
 * few minutes and at its end. What a step learns from follows from the recipe and the step's number, so a run that was
 * killed goes on as if nothing had been.
 */
import {
  type Resumable,
  resumeTraining,
  type StepReport,
  saveTraining,
  TrainingCurve,
} from '../model/learning/index.js';
import { type RunIdentity, requireSameRun } from './recipe.js';

/** How a run ended. */
export interface RunResult {
  /** Steps of the whole run, those of earlier starts too. */
  readonly steps: number;
  /** `stopped` by the signal, or before the recipe's end. */
  readonly status: 'finished' | 'stopped';
  /** Folder of the model so far, float16. */
  readonly model: string;
}

export interface RunOptions {
  readonly folder: string;
  readonly trainer: Resumable;
  /** A folder that holds another run is refused. */
  readonly identity: RunIdentity;
  readonly checkpointMinutes: number;
  readonly signal?: AbortSignal | undefined;
}

/** The curve, its picture and the events are written so often, in steps. */
const CURVE_EVERY = 25;

export class TrainingRun {
  #saved = performance.now();

  private constructor(
    private readonly options: RunOptions,
    /** For measurements beside the loss. */
    readonly curve: TrainingCurve,
  ) {}

  /**
   * Brings the trainer to the newest state in the folder, if there is one.
   * Rejects with `usage` where that state is of another run, `checkpoint` where it cannot be read.
   */
  static async open(options: RunOptions): Promise<TrainingRun> {
    const { folder, trainer, identity } = options;
    requireSameRun(await resumeTraining(folder, trainer), identity, folder);
    return new TrainingRun(options, await TrainingCurve.open(folder, trainer.steps));
  }

  get steps(): number {
    return this.options.trainer.steps;
  }

  /**
   * Steps until `end` or the signal, then saves.
   * @param step takes one step; null where there is nothing to learn from, which ends the run as the signal does.
   * @param afterStep what is measured, exported and saved on the way.
   */
  async go(
    end: number,
    step: () => Promise<StepReport | null>,
    afterStep: (report: StepReport) => Promise<void>,
  ): Promise<RunResult['status']> {
    const { signal, checkpointMinutes } = this.options;
    while (this.steps < end && !signal?.aborted) {
      const report = await step();
      if (report === null) break;
      this.curve.add(report);
      if (report.step % CURVE_EVERY === 0) await this.curve.write();
      await afterStep(report);
      if (performance.now() - this.#saved > checkpointMinutes * 60_000) await this.save();
    }
    await this.save();
    return this.steps >= end ? 'finished' : 'stopped';
  }

  /** Writes curve and state. */
  async save(): Promise<void> {
    const { folder, trainer, identity } = this.options;
    await this.curve.write();
    await saveTraining(folder, trainer, identity);
    this.#saved = performance.now();
  }
}
