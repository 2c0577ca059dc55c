/** One environment in an emulator process, as a caller sees it. */
import type { EnvSpec } from '../core/index.js';
import { actionProblem, checkSeed } from './arguments.js';
import { awaitWith } from './await-with.js';
import type { StepItem } from './calls.js';
import type { EmulatorHost } from './emulator-host.js';
import type { Slot } from './slot.js';
import {
  type Action,
  type Emulators,
  type GymCallOptions,
  type GymEnv,
  type GymResetOptions,
  type GymStep,
  unwrapStep,
  type VectorStep,
} from './types.js';

/** Where an environment lives, and what ends with it. */
export interface HostedSlot {
  readonly host: EmulatorHost;
  readonly slot: Slot;
}

export class HostedEnv implements GymEnv {
  readonly spec: EnvSpec;
  readonly emulators: Emulators;
  readonly #host: EmulatorHost;
  readonly #slot: Slot;
  readonly #ownsEmulators: boolean;
  #closing: Promise<void> | undefined;

  constructor({ host, slot }: HostedSlot, emulators: Emulators, ownsEmulators: boolean) {
    this.#host = host;
    this.#slot = slot;
    this.#ownsEmulators = ownsEmulators;
    this.emulators = emulators;
    this.spec = slot.spec;
  }

  async reset({ seed, options, frames = false, signal }: GymResetOptions): Promise<GymStep> {
    checkSeed(seed);
    const beginning = { seed, options: options ?? null };
    const reset = this.#run({ operation: 'reset', slot: this.#slot, beginning }, frames);
    return firstOf(await awaitWith(reset, { signal, what: 'a reset' }));
  }

  async step(action: Action, { frames = false, signal }: GymCallOptions = {}): Promise<GymStep> {
    const problem = actionProblem(action, this.spec);
    if (problem !== undefined) throw problem;
    const step = this.#run({ operation: 'step', slot: this.#slot, action }, frames);
    return firstOf(await awaitWith(step, { signal, what: 'a step' }));
  }

  close(): Promise<void> {
    this.#closing ??= this.#ownsEmulators ? this.emulators.close() : this.#host.closeSlots([this.#slot]);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run(item: StepItem, withFrames: boolean): Promise<readonly VectorStep[]> {
    return this.#host.run([item], withFrames);
  }
}

function firstOf(steps: readonly VectorStep[]): GymStep {
  return unwrapStep(steps[0] as VectorStep);
}
