/** A tiny deterministic game with pictures, and what the agent loop would tell observers while it is played. */
import {
  type EpisodeBegin,
  type EpisodeEnd,
  type EpisodeObserver,
  type Game,
  newCounters,
  SpentCount,
  type StepRecord,
} from '../../../src/agent/index.js';
import { AgentError, createRandom, type EnvSpec, hashArray, type NdArray } from '../../../src/core/index.js';
import type { GymStep } from '../../../src/env-bridge/index.js';
import type { EnvFactory, ReplayEnv } from '../../../src/replay/index.js';

export interface FakeOptions {
  /** Decisions until the episode terminates. */
  readonly length?: number;
  readonly width?: number;
  readonly height?: number;
  /** The decision from which on the emulator does something else than it did before. */
  readonly driftAt?: number;
  readonly versions?: Readonly<Record<string, string>>;
}

const FRAME_SKIP = 2;

export function fakeSpec({ width = 40, height = 30 }: FakeOptions = {}): EnvSpec {
  return {
    id: 'Fake-v0',
    observationSpace: { kind: 'box', shape: [height, width, 3], dtype: 'uint8', low: 0, high: 255 },
    actionSpace: { kind: 'discrete', count: 3, start: 0 },
    actionNames: ['noop', 'left', 'right'],
    frameSkip: FRAME_SKIP,
    maxEpisodeSteps: null,
    framesPerSecond: 25,
    renderSize: { height, width },
  };
}

/** Pictures of noise that depend on the seed and on every action so far. */
export class FakeEnv implements ReplayEnv {
  readonly spec: EnvSpec;
  readonly emulators: { readonly versions: Readonly<Record<string, string>> };
  closed = 0;
  #state = 0;
  #step = 0;

  constructor(readonly options: FakeOptions = {}) {
    this.spec = fakeSpec(options);
    this.emulators = { versions: options.versions ?? { python: '3.11.2', gymnasium: '1.4.0' } };
  }

  async reset({ seed, frames }: { seed: number; frames?: boolean }): Promise<GymStep> {
    this.#state = seed;
    this.#step = 0;
    const observation = this.#picture();
    return { kind: 'first', observation, info: {}, emulatorMicroseconds: 5, ...this.#frames(1, frames) };
  }

  async step(action: number | readonly number[], { frames }: { frames?: boolean } = {}): Promise<GymStep> {
    if (typeof action !== 'number' || action > 2) {
      throw new AgentError('illegal_action', 'no such action', { expected: '0 to 2', got: JSON.stringify(action) });
    }
    this.#step += 1;
    const drift = this.#step === this.options.driftAt ? 1 : 0;
    this.#state = (Math.imul(this.#state, 31) + action + 7 + drift) >>> 0;
    const kind = this.#step === (this.options.length ?? 20) ? 'terminated' : 'mid';
    const observation = this.#picture();
    const reward = action / 10 - 0.1 * (this.#state % 3);
    return { kind, observation, reward, info: {}, emulatorMicroseconds: 5, ...this.#frames(FRAME_SKIP, frames) };
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  #picture(): NdArray<'uint8'> {
    const { shape } = this.spec.observationSpace;
    const random = createRandom(this.#state);
    const data = Uint8Array.from({ length: 64 }, () => random.integer(256));
    const bytes = new Uint8Array(shape.reduce((product, length) => product * length, 1));
    return { dtype: 'uint8', shape, data: bytes.map((_, index) => data[index % data.length] as number) };
  }

  #frames(count: number, isAsked: boolean | undefined): { frames?: NdArray<'uint8'> } {
    if (!isAsked) return {};
    const picture = this.#picture();
    const data = new Uint8Array(count * picture.data.byteLength);
    for (let index = 0; index < count; index++) data.set(picture.data, index * picture.data.byteLength);
    return { frames: { dtype: 'uint8', shape: [count, ...picture.shape], data } };
  }
}

/** Makes fake environments and keeps them, so that a test can see whether they were closed. */
export function fakeFactory(options: FakeOptions = {}): EnvFactory & { made: FakeEnv[] } {
  const made: FakeEnv[] = [];
  const factory = async () => {
    const env = new FakeEnv(options);
    made.push(env);
    return env;
  };
  return Object.assign(factory, { made });
}

export const fakeGame: Game = {
  name: 'fake',
  title: 'Fake',
  emulator: {
    env: 'Fake-v0',
    kwargs: {},
    frameSkip: FRAME_SKIP,
    maxPool: false,
    observation: 'native',
    color: 'rgb',
    actions: null,
  },
  frames: 1,
  actions: ['stay', 'left', 'right'].map((name) => ({ name, aliases: [], description: name })),
  noop: 0,
  sights: [],
  answers: { retries: 1, fallback: 0, onError: 'fail' },
  prompt: { template: '{frames}', instructions: '', frame: '<image>', action: '', answer: '', retry: '' },
  seeds: { default: 1, training: { from: 0, to: 99_999 }, evaluation: { from: 100_000, to: 100_099 } },
  video: { fps: 25, scale: 4, overlay: 'below' },
  reference: [],
};

export function beginOf(env: EnvSpec, seed: number, id = 'constant:left'): EpisodeBegin {
  return {
    episode: 'one',
    seed,
    env,
    game: fakeGame,
    policy: { id, provenance: { device: 'cpu' } },
    maxDecisions: null,
  };
}

export interface PlayOptions extends FakeOptions {
  readonly seed?: number;
  /** What the policy calls itself. */
  readonly policy?: string;
  /** Stop after so many decisions, as a limit would. */
  readonly limit?: number;
  readonly frames?: boolean;
  /** Changes what is told of a step before observers hear it. */
  readonly edit?: (record: StepRecord) => StepRecord;
}

/** Plays an episode and tells the observers, as the agent loop does: in order, awaited, `onEnd` whatever happens. */
export async function play(
  observers: readonly EpisodeObserver<GymStep>[],
  options: PlayOptions = {},
): Promise<EpisodeEnd> {
  const { seed = 7, limit = Infinity, frames = false, edit = (record) => record } = options;
  const env = new FakeEnv(options);
  const tell = async (call: (observer: EpisodeObserver<GymStep>) => unknown) => {
    for (const observer of observers) await call(observer);
  };
  let end = endOf(seed);
  const spent = new SpentCount();
  try {
    await tell((observer) => observer.onStart?.(beginOf(env.spec, seed, options.policy)));
    let moment = await env.reset({ seed, frames });
    const reset = { observationHash: hashArray(moment.observation), info: {}, emulatorMs: 0.5 };
    await tell((observer) => observer.onReset?.(reset, moment));
    for (let step = 1; step <= limit && (moment.kind === 'first' || moment.kind === 'mid'); step++) {
      moment = await env.step(step % 3, { frames });
      const record = edit(stepOf(step, moment));
      await tell((observer) => observer.onStep?.(record, moment));
      for (const answer of [...record.rejected, record]) spent.add(answer);
      const { total } = spent;
      end = { ...end, steps: step, score: end.score + record.reward, counters: countersOf(step), spent: total };
    }
    const isOver = moment.kind === 'terminated';
    end = { ...end, status: isOver ? 'finished' : 'stopped', ending: isOver ? 'terminated' : null };
  } catch (error) {
    end = { ...end, status: 'failed', error: error as AgentError };
  }
  for (const observer of observers) await observer.onEnd?.(end);
  return end;
}

/** A step as the loop records it: a chatty answer first, then one that can be used. */
function stepOf(step: number, moment: GymStep): StepRecord {
  const executed = step % 3;
  return {
    step,
    raw: `I choose ${fakeGame.actions[executed]?.name} \u{1F3C1}`,
    parse: { ok: true, action: executed, form: 'marker' },
    answered: executed,
    executed,
    fallback: null,
    attempts: 2,
    rejected: [{ reason: 'no-match', raw: 'hm\n"quoted"', found: [] }],
    scores: [-1.5, Number.NEGATIVE_INFINITY, -0.25],
    usage: { promptTokens: 12 },
    reward: moment.kind === 'first' ? 0 : moment.reward,
    terminated: moment.kind === 'terminated',
    truncated: moment.kind === 'truncated',
    observationHash: hashArray(moment.observation),
    info: {},
    timings: { policyMs: step, emulatorMs: step / 2 },
  };
}

/** Every decision was asked for twice. */
function countersOf(steps: number): EpisodeEnd['counters'] {
  return { ...newCounters(), decisions: steps, parsed: steps, noMatch: steps, retries: steps };
}

function endOf(seed: number): EpisodeEnd {
  const counters = countersOf(0);
  const begun = { episode: 'one', seed, status: 'failed', ending: null, steps: 0, score: 0 } as const;
  return { ...begun, counters, spent: null, error: null, wallMs: 1 };
}
