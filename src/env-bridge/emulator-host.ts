/**
 * One emulator process, supervised: takes calls, keeps them until they are answered, and where the process can be
 * replaced, replaces it when it dies, brings its environments back to their state and asks again what was not answered.
 * Requests are served in order, so the oldest call is the one that an emulator died of or hangs in.
 */
import { AgentError, isAgentError } from '../core/index.js';
import { type Call, CloseCall, MakeCall, StepCall, type StepItem } from './calls.js';
import { closedError, type Link } from './link.js';
import type { MakeFields, ServerFacts, WireReply } from './protocol.js';
import { restoreSlot } from './restore.js';
import { Slot } from './slot.js';
import type { Recovery, VectorStep } from './types.js';

export interface HostOptions {
  /** Opens a way to a process; called again for each replacement. */
  readonly open: (signal?: AbortSignal) => Promise<Link>;
  /** Whether a process that ended can be replaced. */
  readonly isReplaceable: boolean;
  readonly timeoutMs: number;
  readonly maxRestarts: number;
  readonly onRecovery?: ((recovery: Recovery) => void) | undefined;
}

type State =
  | { readonly is: 'running' | 'recovering' | 'closed' }
  | { readonly is: 'failed'; readonly error: AgentError };

export class EmulatorHost {
  readonly #options: HostOptions;
  readonly #slots = new Set<Slot>();
  readonly #waiting = new Set<Call>();
  readonly #stop = new AbortController();
  readonly #watch: NodeJS.Timeout;
  #link: Link;
  #state: State = { is: 'running' };
  #recovering: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #restarts = 0;
  #recoveries = 0;
  /** The call in which a process was silent too long, and which its successor has been asked again. */
  #hungIn: Call | undefined;
  #lastTick = performance.now();

  private constructor(options: HostOptions, link: Link) {
    this.#options = options;
    this.#link = link;
    this.#follow(link);
    const interval = Math.min(1000, Math.max(20, options.timeoutMs / 8));
    this.#watch = setInterval(() => this.#tick(interval), interval).unref();
  }

  /** A process that dies or hangs while it starts is tried again like any other. */
  static async open(options: HostOptions, signal?: AbortSignal): Promise<EmulatorHost> {
    const began = performance.now();
    const failures: AgentError[] = [];
    for (;;) {
      try {
        const host = new EmulatorHost(options, await options.open(signal));
        host.#recoveries = failures.length;
        const milliseconds = performance.now() - began;
        for (const { summary: reason } of failures)
          options.onRecovery?.({ reason, episodes: 0, decisions: 0, milliseconds });
        return host;
      } catch (error) {
        if (!options.isReplaceable || !isWorthAnotherStart(error)) throw error;
        if (failures.length >= options.maxRestarts)
          throw failures.length === 0 ? error : afterRestarts(error, failures.length);
        failures.push(error);
      }
    }
  }

  get facts(): ServerFacts {
    return this.#link.facts;
  }

  get recoveries(): number {
    return this.#recoveries;
  }

  /** How many environments live here. */
  get environments(): number {
    return this.#slots.size;
  }

  /** Makes an environment. Rejects with the server's reason, `protocol` or how the process ended. */
  async make(fields: MakeFields): Promise<Slot> {
    const slot = new Slot(fields, this.#options.isReplaceable);
    this.#slots.add(slot);
    try {
      await new Promise<void>((resolve, reject) => this.#submit(new MakeCall(slot, resolve, reject)));
      return slot;
    } catch (error) {
      this.#slots.delete(slot);
      throw error;
    }
  }

  /** Resets or steps environments of this host in one message; a result for each item, in order. */
  run(items: readonly StepItem[], withFrames: boolean): Promise<readonly VectorStep[]> {
    return new Promise((resolve) => this.#submit(new StepCall(items, withFrames, resolve)));
  }

  /** Closes environments; never rejects. */
  async closeSlots(slots: readonly Slot[]): Promise<void> {
    for (const slot of slots) slot.isClosing = true;
    await new Promise<void>((resolve) => this.#submit(new CloseCall(slots, resolve)));
    for (const slot of slots) this.#slots.delete(slot);
  }

  /** Ends the process; calls that wait fail with `cancelled`. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#state = { is: 'closed' };
    clearInterval(this.#watch);
    this.#stop.abort();
    this.#failAll(closedError());
    await this.#recovering;
    await this.#link.close();
  }

  #submit(call: Call): void {
    if (this.#state.is === 'closed') call.fail(closedError());
    else if (this.#state.is === 'failed') call.fail(this.#state.error);
    else {
      this.#waiting.add(call);
      if (this.#state.is === 'running') this.#issue(call);
    }
  }

  #issue(call: Call): void {
    const link = this.#link;
    const request = call.request();
    if (request === null) {
      this.#waiting.delete(call);
      return;
    }
    link.connection.request(request).then(
      (reply) => this.#accept(call, reply, link),
      () => {}, // the link has ended: handled once for all calls
    );
    // Later, so that the other processes are asked first.
    if (call.whileWaiting !== undefined) setImmediate(() => call.whileWaiting?.());
  }

  #accept(call: Call, reply: WireReply, link: Link): void {
    if (!this.#waiting.has(call)) return; // given up meanwhile
    if (!reply.ok && reply.serverCode === 'handshake_required') {
      link.connection.end(sessionLost(reply.error)); // the call stays, for the session that comes after
      return;
    }
    this.#waiting.delete(call);
    try {
      call.accept(reply);
      this.#restarts = 0;
    } catch (cause) {
      const error =
        cause instanceof AgentError ? cause : new AgentError('internal', 'A reply was not understood', { cause });
      call.fail(error);
      link.connection.end(error);
    }
  }

  #follow(link: Link): void {
    void link.ended.then((reason) => {
      if (link === this.#link && this.#state.is === 'running') this.#recovering = this.#recover(reason);
    });
  }

  /** Ends the host, or replaces the process until one stays alive long enough to be in the old one's state. */
  async #recover(reason: AgentError): Promise<void> {
    const began = performance.now();
    this.#state = { is: 'recovering' };
    let cause = reason;
    if (this.#restarts >= this.#options.maxRestarts && this.#canReplace(cause)) {
      this.#giveUpOldest(afterRestarts(cause, this.#restarts));
    }
    for (;;) {
      await this.#link.kill();
      for (const slot of this.#slots) slot.handle = null;
      if (this.#isClosed) return;
      if (!this.#canReplace(cause)) return this.#fail(cause);
      if (this.#restarts >= this.#options.maxRestarts) return this.#fail(afterRestarts(cause, this.#restarts));
      this.#restarts += 1;
      const outcome = await this.#replace();
      if (this.#isClosed) return;
      if (outcome instanceof AgentError) cause = outcome;
      else {
        this.#recoveries += 1;
        const milliseconds = performance.now() - began;
        this.#options.onRecovery?.({ reason: reason.summary, ...outcome, milliseconds });
        break;
      }
    }
    this.#state = { is: 'running' };
    this.#follow(this.#link); // only now: until here a death was ours to see
    for (const call of [...this.#waiting]) this.#issue(call);
  }

  /** One attempt: a new process with every environment as it was, or why that failed. */
  async #replace(): Promise<{ episodes: number; decisions: number } | AgentError> {
    try {
      const link = await this.#options.open(this.#stop.signal);
      this.#link = link;
      const slots = [...this.#slots].filter(({ isMade, isClosing }) => isMade && !isClosing);
      const episodes = slots.filter(({ episode }) => episode !== null).length;
      let decisions = 0;
      for (const slot of slots) decisions += await restoreSlot(slot, link.connection);
      return link.connection.isOpen ? { episodes, decisions } : await link.ended;
    } catch (cause) {
      if (cause instanceof AgentError) return cause;
      return new AgentError('internal', 'replacing an emulator process failed', { cause });
    }
  }

  get #isClosed(): boolean {
    return this.#state.is === 'closed';
  }

  /** Neither a peer that breaks the protocol nor a missing package gets better by starting it again. */
  #canReplace({ code }: AgentError): boolean {
    return this.#options.isReplaceable && code !== 'protocol' && code !== 'setup' && code !== 'internal';
  }

  #fail(error: AgentError): void {
    this.#state = { is: 'failed', error };
    clearInterval(this.#watch);
    this.#failAll(error);
  }

  #failAll(error: AgentError): void {
    const calls = [...this.#waiting];
    this.#waiting.clear();
    for (const call of calls) call.fail(error);
  }

  /** Fails the call that the process died of or hangs in, so that the others can go on. */
  #giveUpOldest(error: AgentError): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    this.#waiting.delete(oldest);
    this.#restarts = 0;
    oldest.fail(error);
  }

  #tick(interval: number): void {
    const now = performance.now();
    const isLate = now - this.#lastTick > 3 * interval;
    this.#lastTick = now;
    if (isLate) return; // this process itself was busy: replies may lie unread
    const { connection, facts } = this.#link;
    const silence = now - (connection.silentSince ?? now);
    if (silence > this.#options.timeoutMs) this.#onSilence(connection.endpoint);
    else if (connection.isOpen && now - connection.lastSent > facts.sessionTimeoutMs / 3) {
      connection.request({ op: 'ping', fields: {} }).catch(() => {});
    }
  }

  #onSilence(endpoint: string): void {
    const { timeoutMs, isReplaceable } = this.#options;
    const error = new AgentError('emulator_timeout', `no sign of life from the emulator for ${timeoutMs / 1000} s`, {
      where: `process ${this.facts.pid}, ${endpoint}`,
      next: 'reset the environment, or allow more time with timeoutMs',
    });
    if (this.#state.is === 'running') {
      // A process that was stopped or starved is restored like a dead one. Where its successor is silent in the same
      // call, the call itself is to blame.
      const [oldest] = this.#waiting;
      if (!isReplaceable || oldest === this.#hungIn) this.#giveUpOldest(error);
      this.#hungIn = oldest;
    }
    if (isReplaceable) this.#link.connection.end(error);
    else this.#link.connection.forgiveSilence();
  }
}

/** Of a process that did not come to answer: it died, or was silent too long. */
function isWorthAnotherStart(error: unknown): error is AgentError {
  return isAgentError(error, 'emulator_died') || isAgentError(error, 'emulator_timeout');
}

function sessionLost(cause: AgentError): AgentError {
  return new AgentError('connection', 'the emulator server ended the session, and with it the environments', {
    got: cause.summary,
    next: 'the server ends a session from which nothing comes for long: keep the event loop free',
    cause,
  });
}

function afterRestarts(cause: AgentError, restarts: number): AgentError {
  return new AgentError('emulator_died', `${cause.summary}, again after ${restarts} restarts`, {
    ...cause.details,
    cause,
  });
}
