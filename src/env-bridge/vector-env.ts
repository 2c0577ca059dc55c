/** Many environments of one kind, spread over emulator processes. */
import { AgentError, type CallOptions, type EnvSpec } from '../core/index.js';
import { actionProblem, checkSeed } from './arguments.js';
import { awaitWith } from './await-with.js';
import type { StepItem } from './calls.js';
import { HostedEnv, type HostedSlot } from './gym-env.js';
import { ReadyQueue } from './ready-queue.js';
import type {
  Action,
  Emulators,
  GymEnv,
  GymResetOptions,
  VectorCallOptions,
  VectorEnv,
  VectorEvent,
  VectorResetOptions,
  VectorStep,
} from './types.js';

/**
 * Bytes of observations in one message of a batch. A larger batch travels in several, so that the emulator works on
 * the next while the frames of one are on their way; smaller messages would cost more than they hide.
 */
const MESSAGE_BYTES = 256 * 1024;

export class HostedVectorEnv implements VectorEnv {
  readonly spec: EnvSpec;
  readonly count: number;
  readonly processes: number;
  readonly emulators: Emulators;
  readonly #places: readonly HostedSlot[];
  readonly #all: readonly number[];
  readonly #ownsEmulators: boolean;
  readonly #ready = new ReadyQueue();
  #closing: Promise<void> | undefined;

  /** `places[i]` is where environment `i` lives; at least one. */
  constructor(places: readonly HostedSlot[], emulators: Emulators, ownsEmulators: boolean) {
    this.#places = places;
    this.#all = places.map((_place, index) => index);
    this.#ownsEmulators = ownsEmulators;
    this.emulators = emulators;
    this.count = places.length;
    this.processes = new Set(places.map(({ host }) => host)).size;
    this.spec = this.#place(0).slot.spec;
  }

  async reset(seeds: readonly number[], options: VectorResetOptions = {}): Promise<readonly VectorStep[]> {
    const envs = this.#meant(options.envs, 'seeds', seeds.length);
    if (options.options !== undefined) this.#meant(envs, 'options', options.options.length);
    seeds.forEach(checkSeed);
    const items = envs.map((env, index): StepItem => {
      const beginning = { seed: seeds[index] as number, options: options.options?.[index] ?? null };
      return { operation: 'reset', slot: this.#place(env).slot, beginning };
    });
    return await this.#run(envs, items, options);
  }

  async step(actions: readonly Action[], options: VectorCallOptions = {}): Promise<readonly VectorStep[]> {
    const envs = this.#meant(options.envs, 'actions', actions.length);
    const items = envs.map((env, index): StepItem => {
      const action = actions[index] as Action;
      const error = actionProblem(action, this.spec);
      const item: StepItem = { operation: 'step', slot: this.#place(env).slot, action };
      return error === undefined ? item : { ...item, result: { kind: 'failed', error } };
    });
    return await this.#run(envs, items, options);
  }

  send(env: number, action: Action, { frames = false }: { readonly frames?: boolean } = {}): void {
    const { host, slot } = this.#place(env);
    const error = actionProblem(action, this.spec);
    const failure: readonly VectorStep[] = error === undefined ? [] : [{ kind: 'failed', error }];
    this.#ready.expect(env, () =>
      error === undefined ? host.run([{ operation: 'step', slot, action }], frames) : Promise.resolve(failure),
    );
  }

  sendReset(env: number, { seed, options, frames = false }: Omit<GymResetOptions, 'signal'>): void {
    const { host, slot } = this.#place(env);
    checkSeed(seed);
    const beginning = { seed, options: options ?? null };
    this.#ready.expect(env, () => host.run([{ operation: 'reset', slot, beginning }], frames));
  }

  receive(options: CallOptions = {}): Promise<VectorEvent> {
    return this.#ready.next(options.signal);
  }

  env(index: number): GymEnv {
    return new HostedEnv(this.#place(index), this.emulators, false);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    if (this.#ownsEmulators) return this.emulators.close();
    await Promise.all(
      [...groupByHost(this.#places)].map(([host, indices]) =>
        host.closeSlots(indices.map((index) => this.#place(index).slot)),
      ),
    );
  }

  /** All processes in parallel; the results in the order of `items`. */
  async #run(
    envs: readonly number[],
    items: readonly StepItem[],
    { frames = false, signal }: VectorCallOptions,
  ): Promise<readonly VectorStep[]> {
    const steps: VectorStep[] = new Array(items.length);
    const groups = [...groupByHost(envs.map((env) => this.#place(env)))];
    const messages = groups.flatMap(([host, positions]) => {
      return this.#messagesOf(positions).map(async (message) => {
        const part = await host.run(
          message.map((position) => items[position] as StepItem),
          frames,
        );
        message.forEach((position, index) => {
          steps[position] = part[index] as VectorStep;
        });
      });
    });
    await awaitWith(Promise.all(messages), { signal, what: 'a batch' });
    return steps;
  }

  /** One process's share of a batch, cut where its observations would make a message too large. */
  #messagesOf(positions: readonly number[]): readonly (readonly number[])[] {
    const bytes = Math.max(1, this.#place(0).slot.layout.bytes);
    const fitting = Math.max(1, Math.floor(MESSAGE_BYTES / bytes));
    const count = Math.ceil(positions.length / fitting);
    const size = Math.ceil(positions.length / count);
    return Array.from({ length: count }, (_, index) => positions.slice(index * size, (index + 1) * size));
  }

  #place(env: number): HostedSlot {
    const place = this.#places[env];
    if (place !== undefined) return place;
    throw new AgentError('usage', 'there is no such environment', {
      expected: `an index from 0 to ${this.#places.length - 1}`,
      got: String(env),
    });
  }

  /** The environments meant, checked: each once, as many as `what`. */
  #meant(envs: readonly number[] | undefined, what: string, length: number): readonly number[] {
    const meant = envs ?? this.#all;
    if (meant.length !== length || new Set(meant).size !== length) {
      throw new AgentError('usage', `${what} do not fit the environments`, {
        expected: `${what} for ${meant.length} environments, each named once`,
        got: `${length} ${what}${envs === undefined ? '' : ` for [${envs.join(', ')}]`}`,
      });
    }
    return meant;
  }
}

/** Positions in `places` by host. */
function groupByHost(places: readonly HostedSlot[]): Map<HostedSlot['host'], number[]> {
  const groups = new Map<HostedSlot['host'], number[]>();
  places.forEach(({ host }, position) => {
    const group = groups.get(host);
    if (group === undefined) groups.set(host, [position]);
    else group.push(position);
  });
  return groups;
}
