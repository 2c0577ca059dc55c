/** The observer that makes an episode's record: what the agent loop tells, put into the record's words. */
import type {
  Action,
  EpisodeBegin,
  EpisodeEnd,
  EpisodeObserver,
  ParseResult,
  RejectedAnswer,
  ResetRecord,
  ServiceExtras,
  StepRecord,
} from '../agent/index.js';
import { type NdArray, type TimeStep, toErrorEnvelope } from '../core/index.js';
import { recordedGame } from './game-facts.js';
import { LiveFrameWriter } from './live-frame-writer.js';
import { claimRunFolder, createRunFolder } from './run-folder.js';
import type { Manifest, RecordedAction, StepLine } from './schema.js';
import { EpisodeWriter } from './writer.js';

export interface RecorderOptions {
  /** A folder to make the run's folder in, named after time, game, policy and seed; or the very folder to use. */
  readonly folder: { readonly runs: string } | { readonly exactly: string };
  /** What the user asked for, and what it came to. */
  readonly arguments: Manifest['arguments'];
  /** `programVersions()` and what the emulator's handshake named. */
  readonly versions: Readonly<Record<string, string>>;
  /** `gitState()`. */
  readonly git: Manifest['git'];
  /** How often the emulators were replaced so far (`Emulators.recoveries`); the record holds what came to it. */
  readonly recoveries?: () => number;
  /** What of it is not this episode's. Left out: all that there were when it began. */
  readonly recoveriesBefore?: number;
}

/** What is recorded of an episode's beginning. */
type RecordedBegin = Omit<EpisodeBegin, 'episode' | 'env'> & { readonly env: EpisodeBegin['env'] | null };

export class EpisodeRecorder implements EpisodeObserver<TimeStep<NdArray>> {
  readonly #options: RecorderOptions;
  #writer: EpisodeWriter | undefined;
  #live: LiveFrameWriter | undefined;
  #recoveriesBefore = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Absolute path of the run's folder; undefined until the episode has begun. */
  get folder(): string | undefined {
    return this.#writer?.folder;
  }

  /** `env` is null of an episode that fails because no emulator came up to tell it. */
  async onStart({ game, policy, seed, env, maxDecisions, clock }: RecordedBegin): Promise<void> {
    const { arguments: given, versions, git } = this.#options;
    const started = new Date();
    const folder = await this.#makeFolder({ started, game: game.name, policy: policy.id, seed });
    const header = {
      game: recordedGame(game),
      // The loop's own limit: scores under different limits must not come to stand side by side.
      arguments: {
        ...given,
        resolved: { ...given.resolved, maxSteps: maxDecisions, ...(clock === undefined ? {} : { clock }) },
      },
      policy: { id: policy.id, provenance: { ...policy.provenance } },
      seed,
      env,
      versions: { ...versions },
      git,
    };
    this.#recoveriesBefore = this.#options.recoveriesBefore ?? this.#recoveries();
    this.#writer = await EpisodeWriter.start(folder, header, started);
    this.#live = new LiveFrameWriter(folder);
  }

  onReset({ observationHash, emulatorMs }: ResetRecord, { observation }: TimeStep<NdArray>): void {
    this.#writer?.reset({ observation: observationHash, emulatorMs: round(emulatorMs) });
    this.#live?.show(0, observation);
  }

  onStep(record: StepRecord, { observation }: TimeStep<NdArray>): void {
    this.#writer?.step(toLine(record));
    this.#live?.show(record.step, observation);
  }

  async onEnd({
    status,
    error,
    counters,
    spent,
  }: Pick<EpisodeEnd, 'status' | 'error' | 'counters' | 'spent'>): Promise<void> {
    // First: a record that tells its end has no other file.
    this.#live?.close();
    await this.#writer?.finish({
      status,
      error: error && toErrorEnvelope(error),
      counters: { ...counters },
      spent,
      recoveries: this.#recoveries() - this.#recoveriesBefore,
    });
  }

  #recoveries(): number {
    return this.#options.recoveries?.() ?? 0;
  }

  #makeFolder(name: Parameters<typeof createRunFolder>[1]): Promise<string> {
    const { folder } = this.#options;
    return 'exactly' in folder ? claimRunFolder(folder.exactly) : createRunFolder(folder.runs, name);
  }
}

/** Field by field, so that the record has the fields and the order of its format whatever the loop adds. */
function toLine(record: StepRecord): Omit<StepLine, 'chain'> {
  const { origin, scores, samples, rejected, timings } = record;
  return {
    step: record.step,
    raw: record.raw,
    parse: record.parse && withoutRaw(record.parse),
    answered: record.answered === null ? null : plain(record.answered),
    executed: plain(record.executed),
    fallback: record.fallback,
    ...(origin === undefined ? {} : { origin }),
    attempts: record.attempts,
    rejected: rejected.map(toRejected),
    ...(scores === undefined ? {} : { scores: [...scores] }),
    ...(samples === undefined ? {} : { samples: [...samples] }),
    ...extrasOf(record),
    reward: record.reward,
    terminated: record.terminated,
    truncated: record.truncated,
    observation: record.observationHash,
    policyMs: round(timings.policyMs),
    emulatorMs: round(timings.emulatorMs),
  };
}

function toRejected(answer: RejectedAnswer): StepLine['rejected'][number] {
  const extras = extrasOf(answer);
  const { reason } = answer;
  if ('error' in answer) return { reason, error: answer.error, ...extras };
  if ('found' in answer) return { reason, raw: answer.raw, found: [...answer.found], ...extras };
  return { reason: answer.reason, raw: answer.raw, ...extras };
}

function extrasOf({ reasoning, usage, service }: ServiceExtras): Pick<StepLine, 'reasoning' | 'usage' | 'service'> {
  return {
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(usage === undefined ? {} : { usage }),
    ...(service === undefined ? {} : { service: { ...service, failed: [...service.failed] } }),
  };
}

/** The raw answer, and with it what it says before the action, stands in the line already. */
function withoutRaw(parse: ParseResult): StepLine['parse'] {
  if (parse.ok) return { ok: true, action: parse.action, form: parse.form };
  return { ok: false, reason: parse.reason, found: [...parse.found] };
}

/** The loop's arrays are read-only by type, the schema's are not. */
function plain(action: Action): RecordedAction {
  return typeof action === 'number' ? action : [...action];
}

/** To the microsecond: the clock's further digits are noise that would make up a tenth of the file. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
