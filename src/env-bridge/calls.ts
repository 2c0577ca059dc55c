/**
 * What can be asked of an emulator process. A call stays until it is answered, so that it can be asked again of the
 * process that replaces a dead one: `request` is built anew each time, for the environments' handles of that moment.
 */
import type { AgentError } from '../core/index.js';
import { decodeSteps } from './decode-steps.js';
import { parseMake, type WireReply, type WireRequest } from './protocol.js';
import type { EpisodeBeginning, Slot } from './slot.js';
import type { Action, FailedStep, VectorStep } from './types.js';

export interface Call {
  /** The request, or null where nothing is left to ask; the call has settled then. */
  request(): WireRequest | null;
  /** What there is to do while the emulator works on the request. */
  whileWaiting?(): void;
  /** Takes the reply and settles. Throws `protocol`, and has not settled, where the reply breaks the protocol. */
  accept(reply: WireReply): void;
  /** Settles with an error whatever has not settled yet. */
  fail(error: AgentError): void;
}

/** Makes the environment of a slot. */
export class MakeCall implements Call {
  readonly #slot: Slot;
  readonly #resolve: () => void;
  readonly #reject: (error: AgentError) => void;

  constructor(slot: Slot, resolve: () => void, reject: (error: AgentError) => void) {
    this.#slot = slot;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  request(): WireRequest {
    return { op: 'make', fields: this.#slot.fields };
  }

  accept(reply: WireReply): void {
    if (!reply.ok) {
      this.#reject(reply.error);
      return;
    }
    const { handle, spec } = parseMake(reply.header);
    this.#slot.become(handle, spec);
    this.#resolve();
  }

  fail(error: AgentError): void {
    this.#reject(error);
  }
}

/** Closes environments; whatever comes of it, they are gone for the caller. */
export class CloseCall implements Call {
  readonly #slots: readonly Slot[];
  readonly #resolve: () => void;

  constructor(slots: readonly Slot[], resolve: () => void) {
    this.#slots = slots;
    this.#resolve = resolve;
  }

  request(): WireRequest | null {
    const envs = this.#slots.map(({ handle }) => handle).filter((handle) => handle !== null);
    if (envs.length > 0) return { op: 'close', fields: { envs } };
    this.#resolve();
    return null;
  }

  accept(): void {
    this.#resolve();
  }

  fail(): void {
    this.#resolve();
  }
}

/** One environment's share of a `reset` or `step`. */
export type StepItem =
  | { readonly operation: 'reset'; readonly slot: Slot; readonly beginning: EpisodeBeginning; result?: VectorStep }
  | { readonly operation: 'step'; readonly slot: Slot; readonly action: Action; result?: VectorStep };

/** Resets or steps a batch of environments of one process. Settles with a result for each, never with a rejection. */
export class StepCall implements Call {
  readonly #operation: 'reset' | 'step';
  readonly #items: readonly StepItem[];
  readonly #withFrames: boolean;
  readonly #settle: (steps: readonly VectorStep[]) => void;
  #asked: readonly StepItem[] = [];

  /** All `items` are of one operation. */
  constructor(items: readonly StepItem[], withFrames: boolean, settle: (steps: readonly VectorStep[]) => void) {
    this.#operation = items[0]?.operation ?? 'step';
    this.#items = items;
    this.#withFrames = withFrames;
    this.#settle = settle;
  }

  request(): WireRequest | null {
    for (const item of this.#items) {
      const { handle, lost } = item.slot;
      if (lost !== null && (handle === null || this.#operation === 'step')) item.result ??= failed(lost);
    }
    this.#asked = this.#items.filter(({ result }) => result === undefined);
    if (this.#asked.length === 0) {
      this.#finish();
      return null;
    }
    const envs = this.#asked.map(({ slot }) => slot.handle);
    const fields = { envs, ...this.#argumentFields(), frames: this.#withFrames };
    if (this.#withFrames) return { op: this.#operation, fields };
    return {
      op: this.#operation,
      fields,
      partBytes: this.#asked.reduce((sum, { slot }) => sum + slot.layout.bytes, 0),
    };
  }

  #argumentFields(): object {
    if (this.#operation === 'step') {
      return { actions: this.#asked.map((item) => (item.operation === 'step' ? item.action : null)) };
    }
    const beginnings = this.#asked.map((item) => (item.operation === 'reset' ? item.beginning : null));
    return { seeds: beginnings.map((each) => each?.seed), options: beginnings.map((each) => each?.options) };
  }

  whileWaiting(): void {
    for (const { slot } of this.#asked) slot.takeFingerprint();
  }

  accept(reply: WireReply): void {
    const layouts = this.#asked.map(({ slot }) => slot.layout);
    const steps = reply.ok
      ? decodeSteps(this.#operation, reply.header, reply.parts, layouts, this.#withFrames)
      : layouts.map(() => failed(reply.error));
    this.#asked.forEach((item, index) => {
      const step = steps[index] as VectorStep;
      item.result = step;
      if (item.operation === 'reset') item.slot.recordReset(item.beginning, step);
      else item.slot.recordStep(item.action, step);
    });
    this.#finish();
  }

  /** What the emulator did with the action is not known: the episodes of what was asked end here. */
  fail(error: AgentError): void {
    for (const item of this.#items) {
      if (item.result !== undefined) continue;
      item.result = failed(error);
      item.slot.episode = null;
    }
    this.#finish();
  }

  #finish(): void {
    this.#settle(this.#items.map(({ result }) => result as VectorStep));
  }
}

const failed = (error: AgentError): FailedStep => ({ kind: 'failed', error });
