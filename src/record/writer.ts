/** Writes the record of one episode: the manifest at the start and the end, each step as it happens. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, type ErrorEnvelope } from '../core/index.js';
import { ManifestFile } from './manifest-file.js';
import { percentiles } from './percentiles.js';
import {
  type EpisodeResult,
  type Manifest,
  RECORD_FORMAT,
  type RecordStatus,
  type ResetLine,
  STEPS_FILE,
  type StepLine,
} from './schema.js';
import { sealOfEnd, sealOfLine, sealOfStart } from './seal.js';
import { StepLog } from './step-log.js';
import { addStep, startTally, type Tally } from './tally.js';

/** What is known of an episode before it begins. */
export type EpisodeHeader = Omit<Manifest, 'format' | 'status' | 'started' | 'finished' | 'error' | 'result' | 'seal'>;

/** How an episode ended; everything else of the result was counted while it was written. */
export interface EpisodeEnding {
  readonly status: Exclude<RecordStatus, 'running'>;
  readonly error: ErrorEnvelope | null;
  readonly counters: Readonly<Record<string, number>>;
  /** What the answers cost; null where nothing is known of that. */
  readonly spent: EpisodeResult['spent'] | null;
  readonly recoveries: number;
}

/** Every method throws or rejects with `record` where the disk does not take what it is given. */
export class EpisodeWriter {
  readonly folder: string;
  readonly #running: Omit<Manifest, 'seal'>;
  readonly #manifest: ManifestFile;
  readonly #log: StepLog;
  readonly #policyMs: number[] = [];
  readonly #emulatorMs: number[] = [];
  #tally: Tally | undefined;
  #seal: string;

  private constructor(folder: string, running: Omit<Manifest, 'seal'>, manifest: ManifestFile, log: StepLog) {
    this.folder = folder;
    this.#running = running;
    this.#manifest = manifest;
    this.#log = log;
    this.#seal = sealOfStart(running);
  }

  /** Starts a record in an empty folder, see `createRunFolder`. */
  static async start(folder: string, header: EpisodeHeader, started = new Date()): Promise<EpisodeWriter> {
    const running: Omit<Manifest, 'seal'> = {
      format: RECORD_FORMAT,
      status: 'running',
      ...header,
      started: started.toISOString(),
      finished: null,
      error: null,
      result: null,
    };
    const log = new StepLog(join(folder, STEPS_FILE));
    try {
      return new EpisodeWriter(
        folder,
        running,
        await ManifestFile.create(folder, { ...running, seal: sealOfStart(running) }),
        log,
      );
    } catch (error) {
      log.close();
      // Nothing was played: a folder with an empty file of steps and no manifest would look like a damaged record.
      await rm(join(folder, STEPS_FILE), { force: true });
      throw error;
    }
  }

  reset({ observation, emulatorMs }: Omit<ResetLine, 'step' | 'chain'>): void {
    const tally = startTally({ observation });
    this.#append({ step: 0, observation, chain: tally.chain, emulatorMs } satisfies ResetLine);
    this.#tally = tally;
  }

  step(step: Omit<StepLine, 'chain'>): void {
    if (!this.#tally) throw new AgentError('internal', 'a step was recorded before the reset');
    refuseNonFinite(step);
    const tally = addStep(this.#tally, step);
    this.#append({ ...step, chain: tally.chain } satisfies StepLine);
    // Only now: the result counts what the file holds.
    this.#tally = tally;
    this.#policyMs.push(step.policyMs);
    this.#emulatorMs.push(step.emulatorMs);
  }

  /** Writes how the episode ended; to be called once, whatever happened. Resolves to the manifest as it now stands. */
  async finish(
    { status, error, counters, spent, recoveries }: EpisodeEnding,
    finished = new Date(),
  ): Promise<Manifest> {
    this.#log.close();
    const unsealed: Omit<Manifest, 'seal'> = {
      ...this.#running,
      status,
      finished: finished.toISOString(),
      error,
      result: this.#result({ counters, spent, recoveries }),
    };
    const manifest: Manifest = { ...unsealed, seal: sealOfEnd(this.#seal, unsealed) };
    await this.#manifest.replace(manifest);
    return manifest;
  }

  /** The seal goes on only with a line that is written. */
  #append(line: ResetLine | StepLine): void {
    const seal = sealOfLine(this.#seal, line);
    this.#log.append({ ...line, seal });
    this.#seal = seal;
  }

  /** Null where the episode did not even reset. */
  #result({
    counters,
    spent,
    recoveries,
  }: Pick<EpisodeEnding, 'counters' | 'spent' | 'recoveries'>): EpisodeResult | null {
    if (!this.#tally) return null;
    const policy = percentiles(this.#policyMs);
    const emulator = percentiles(this.#emulatorMs);
    const timing = policy && emulator && { policy, emulator };
    return { ...this.#tally, counters: { ...counters }, ...(spent ? { spent } : {}), recoveries, timing };
  }
}

/** JSON has no NaN, and a score with one in it says nothing. */
function refuseNonFinite({ reward, step }: Omit<StepLine, 'chain'>): void {
  if (Number.isFinite(reward)) return;
  throw new AgentError('env_failure', 'the emulator gave a reward that is no finite number', {
    expected: 'a finite reward',
    got: String(reward),
    where: `step ${step}`,
    next: 'check the environment: its reward function divides by zero or overflows',
  });
}
