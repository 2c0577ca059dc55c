/**
 * What the bridge gives: Gymnasium environments that run in emulator processes, one at a time or many at once.
 * `makeEnv`, `makeVectorEnv`, `startEmulators` and `connectEmulators` make them; see docs/env-bridge.md.
 */
import type {
  AgentError,
  CallOptions,
  Env,
  EnvSpec,
  JsonObject,
  NdArray,
  ResetOptions,
  TimeStep,
} from '../core/index.js';

/** A discrete action's index (from 0, whatever the space's `start`), or a vector for a Box action space. */
export type Action = number | readonly number[];

/** How an environment is made; the defaults are Gymnasium's own behaviour. */
export interface EnvOptions {
  /** Arguments of `gymnasium.make`. */
  readonly kwargs?: JsonObject;
  /** Emulator frames a decision, from 1; rewards are summed. Default 1. */
  readonly frameSkip?: number;
  /** Observe the element-wise maximum of the last two emulator frames of a decision. Default false. */
  readonly maxPool?: boolean;
  /** `render`: observe the picture that `render()` gives. Default `native`. */
  readonly observation?: 'native' | 'render';
  /** `gray` (Atari only): the emulator's own luminance, [height, width, 1]. Default `rgb`. */
  readonly color?: 'rgb' | 'gray';
  /** For a Box action space: the vectors that the discrete actions 0 … n − 1 stand for. */
  readonly actions?: readonly (readonly number[])[] | null;
  /** Make the environment so that `frames: true` can be asked for. Default false. */
  readonly render?: boolean;
  /** Gymnasium's own implementation even where a faster identical one exists. Default false. */
  readonly plain?: boolean;
}

/** How long to wait, and what to do when an emulator process dies. */
export interface SupervisionOptions {
  /** Milliseconds a call waits for its reply before it fails with `emulator_timeout`. Default 60,000. */
  readonly timeoutMs?: number;
  /** Milliseconds until a process that is started must listen; then another one is tried. Default 60,000. */
  readonly startTimeoutMs?: number;
  /** Whether to start a new process in a dead one's place and replay its episodes. Default true. */
  readonly recover?: boolean;
  /** Restarts in a row without one answered call before giving up with `emulator_died`. Default 3. */
  readonly maxRestarts?: number;
  /** Called after each recovery, before the interrupted calls go on. */
  readonly onRecovery?: (recovery: Recovery) => void;
  /**
   * Whether frames of processes started here travel through shared memory, where the machine has it (Linux). Without
   * it, and for whatever does not fit, everything goes through ZeroMQ; steps are the same. Default true.
   */
  readonly lane?: boolean;
}

/** What bringing back a dead emulator process took. */
export interface Recovery {
  /** How the old process ended, such as `An emulator process was killed by SIGKILL`. */
  readonly reason: string;
  /** Running episodes that were brought back to their state. */
  readonly episodes: number;
  /** Decisions replayed and found equal. */
  readonly decisions: number;
  /** From the death to the new process being in the same state. */
  readonly milliseconds: number;
}

/** Emulator processes: started here (`startEmulators`) or reached over the network (`connectEmulators`). */
export interface Emulators extends AsyncDisposable {
  /** Process ids by process; they change when a process is recovered. */
  readonly pids: readonly number[];
  /** Name and version of the server, such as `agent-envs 0.1.0`. */
  readonly server: string;
  /** Versions of what the emulators run on: `python`, `gymnasium`, `ale-py`, … Part of every episode record. */
  readonly versions: Readonly<Record<string, string>>;
  /** How many times a dead process was replaced so far. */
  readonly recoveries: number;
  /** Ends the processes (or the connections) and with them every environment. Idempotent. */
  close(): Promise<void>;
}

export interface GymResetOptions extends ResetOptions {
  /** Also return the rendered picture. Needs an environment made with `render: true`. Default false. */
  readonly frames?: boolean;
}

export interface GymCallOptions extends CallOptions {
  /** Also return the rendered pictures of the emulator frames executed. Needs `render: true`. Default false. */
  readonly frames?: boolean;
}

/**
 * A step of the bridge. Its arrays view the received message and are never written to, by either side; whoever keeps
 * one environment's observation out of a large batch for long copies it, because the view keeps the whole message.
 */
export type GymStep = TimeStep<NdArray> & {
  /** With `frames: true`: `uint8` [count, height, width, 3], the emulator frames executed, in order. */
  readonly frames?: NdArray<'uint8'>;
  /** Time the emulator took for the message this step came in, which may hold many environments of a batch. */
  readonly emulatorMicroseconds: number;
};

/** One environment in an emulator process. */
export interface GymEnv extends Env<NdArray, Action> {
  readonly spec: EnvSpec;
  readonly emulators: Emulators;
  /**
   * Starts an episode. Rejects with `env_failure`, `emulator_died`, `emulator_timeout`, `connection`, `cancelled`.
   */
  reset(options: GymResetOptions): Promise<GymStep>;
  /**
   * Does one decision. Rejects also with `episode_over` and `illegal_action` (both leave the episode as it was) and
   * `state_mismatch` (the process died and could not be brought back to the same state). A call that was cancelled or
   * timed out may still be executed: only a reset makes the state known again.
   */
  step(action: Action, options?: GymCallOptions): Promise<GymStep>;
  /** Closes the environment, and its emulator process if it was started for it. Idempotent. */
  close(): Promise<void>;
}

/** What became of one environment of a batch that could not do its step; the others are not touched by it. */
export interface FailedStep {
  readonly kind: 'failed';
  readonly error: AgentError;
}

export type VectorStep = GymStep | FailedStep;

/** Throws the error of a failed step; returns any other. */
export function unwrapStep(step: VectorStep): GymStep {
  if (step.kind === 'failed') throw step.error;
  return step;
}

export interface VectorCallOptions extends GymCallOptions {
  /** Which environments are meant, each at most once; by default all, in order. */
  readonly envs?: readonly number[];
}

export interface VectorResetOptions extends VectorCallOptions {
  /** Gymnasium's `options` argument for each environment meant. */
  readonly options?: readonly (JsonObject | null)[];
}

/** What `receive` gives: whichever environment was ready first. */
export interface VectorEvent {
  readonly env: number;
  readonly step: VectorStep;
}

/**
 * Environments of one kind, spread over emulator processes: environment `i` lives in process `i % processes`.
 * Processes work in parallel; within one process the environments work one after the other.
 *
 * Calls reject only for wrong use (`usage`) and cancellation (`cancelled`); what happens to an environment is in its
 * own step, so that one failure takes nobody else's result away.
 */
export interface VectorEnv extends AsyncDisposable {
  readonly spec: EnvSpec;
  readonly count: number;
  readonly processes: number;
  readonly emulators: Emulators;
  /** Starts an episode in each environment meant; `seeds` as many as these. Steps come in the order of `envs`. */
  reset(seeds: readonly number[], options?: VectorResetOptions): Promise<readonly VectorStep[]>;
  /** Does one decision in each environment meant, all processes in parallel. */
  step(actions: readonly Action[], options?: VectorCallOptions): Promise<readonly VectorStep[]>;
  /** Asks one environment for a decision; its step comes out of `receive`. One at a time for each environment. */
  send(env: number, action: Action, options?: { readonly frames?: boolean }): void;
  /** As `send`, for the start of an episode. */
  sendReset(env: number, options: Omit<GymResetOptions, 'signal'>): void;
  /** The next step asked for by `send` or `sendReset`, whichever is ready first. */
  receive(options?: CallOptions): Promise<VectorEvent>;
  /** One environment by itself, for code that plays a single episode. Closing it closes only this environment. */
  env(index: number): GymEnv;
  /** Closes all environments, and the emulator processes if they were started for them. Idempotent. */
  close(): Promise<void>;
}

export interface MakeEnvOptions extends EnvOptions, SupervisionOptions {
  /** Use these emulators; by default a process is started for the environment and ended with it. */
  readonly emulators?: Emulators;
  readonly signal?: AbortSignal;
}

export interface MakeVectorEnvOptions extends EnvOptions, SupervisionOptions {
  readonly count: number;
  /** Emulator processes; by default one a core, and not more than `count`. */
  readonly processes?: number;
  /** Use these emulators instead of starting processes. */
  readonly emulators?: Emulators;
  readonly signal?: AbortSignal;
}

export interface StartEmulatorsOptions extends SupervisionOptions {
  /** Default 1. */
  readonly processes?: number;
  readonly signal?: AbortSignal;
}

/** What the keys of an encrypted connection are called where they were given. */
export interface KeyNames {
  readonly server: string;
  readonly client: string;
}

/** A CURVE key pair as ZeroMQ writes it: 40 characters of Z85 each. */
export interface KeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

export interface ConnectEmulatorsOptions extends Pick<SupervisionOptions, 'timeoutMs'> {
  /** One or several, such as `tcp://192.0.2.7:5555`; each is one process. */
  readonly endpoint: string | readonly string[];
  /** The server's public key. With `clientKeys`: everything is encrypted and both sides are known. */
  readonly serverKey?: string;
  readonly clientKeys?: KeyPair;
  /** What messages call these two, where a person gave them by other names. Default `serverKey` and `clientKeys`. */
  readonly keyNames?: KeyNames;
  /** Milliseconds until a server must have answered. Default 5,000. */
  readonly connectTimeoutMs?: number;
  readonly signal?: AbortSignal;
}
