/**
 * One ZeroMQ DEALER socket, and for an emulator process of this machine a lane beside it: requests go out with an id,
 * replies find their request by the id. Knows nothing of environments. A connection breaks once and for all: then every
 * pending request rejects with the reason.
 *
 * The server answers each way's requests in order, but knows no order between the two. So a request that has to take
 * the other way than those in flight waits until they are answered, and all later ones wait behind it.
 */
import { Dealer, type Observer, type SocketOptions } from 'zeromq';
import { AgentError } from '../core/index.js';
import type { Lane } from './lane.js';
import { parseServerError, protocolViolation, type WireReply, type WireRequest } from './protocol.js';

/** Bounds what a broken or hostile server can make this process allocate; far above any batch of pictures. */
const MAX_REPLY_BYTES = 2 ** 30;

interface Pending {
  readonly request: WireRequest;
  readonly resolve: (reply: WireReply) => void;
  readonly reject: (error: AgentError) => void;
}

type Way = 'socket' | 'lane';

export class Connection {
  readonly endpoint: string;
  /** Resolves, never rejects, when the connection broke or was closed; the value says why. */
  readonly ended: Promise<AgentError>;
  readonly #socket: Dealer;
  readonly #pending = new Map<number, Pending>();
  /** Requests that wait for the way of those in flight to be free. */
  readonly #waiting: Pending[] = [];
  #lane: Lane | undefined;
  /** The way of the requests in flight. */
  #way: Way = 'socket';
  #nextId = 1;
  #end: AgentError | undefined;
  #resolveEnded: (error: AgentError) => void = () => {};
  #lastSent = performance.now();
  #lastHeard = performance.now();

  /**
   * Connecting happens in the background: requests wait in the socket until the server is there. `observe` is called
   * before it begins, so that no event is missed.
   */
  constructor(endpoint: string, options: SocketOptions<Dealer> = {}, observe?: (events: Observer) => void) {
    this.endpoint = endpoint;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#socket = new Dealer({
      linger: 0,
      sendHighWaterMark: 0,
      receiveHighWaterMark: 0,
      maxMessageSize: MAX_REPLY_BYTES,
      reconnectInterval: 20,
      reconnectMaxInterval: 500,
      ...options,
    });
    observe?.(this.#socket.events);
    try {
      this.#socket.connect(endpoint);
    } catch (error) {
      this.#socket.close(); // an open socket keeps the whole process from ending
      throw error;
    }
    void this.#receiveLoop();
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  get lastSent(): number {
    return this.#lastSent;
  }

  /**
   * Since when the server has owed an answer without a sign of life, by `performance.now()`; undefined if it owes none.
   */
  get silentSince(): number | undefined {
    return this.#pending.size === 0 ? undefined : this.#lastHeard;
  }

  /** Takes the server's silence so far as forgiven. */
  forgiveSilence(): void {
    this.#lastHeard = performance.now();
  }

  /** From now on sends what it can over a lane that the server has attached to this session; closes it at the end. */
  useLane(lane: Lane): void {
    this.#lane = lane;
    lane.open({ onMessage: (parts) => this.#deliver(parts), onEnd: (reason) => this.end(reason) });
  }

  /** Sends a request. Rejects only when the connection ends before the reply; a server's error is a reply. */
  request(request: WireRequest): Promise<WireReply> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      const pending = { request, resolve, reject };
      if (this.#waiting.length > 0 || !this.#send(pending)) this.#waiting.push(pending);
    });
  }

  /** Sends a request unless requests of the other way are in flight. */
  #send(pending: Pending): boolean {
    const { op, fields, partBytes } = pending.request;
    const isFree = this.#pending.size === 0;
    const mayTakeLane = partBytes !== undefined && (isFree || this.#way === 'lane');
    const place = mayTakeLane ? this.#lane?.reserve(partBytes) : undefined;
    const way = place === undefined ? 'socket' : 'lane';
    if (!isFree && way !== this.#way) return false;
    this.#way = way;
    const id = this.#nextId++;
    this.#lastSent = performance.now();
    if (isFree) this.#lastHeard = this.#lastSent;
    this.#pending.set(id, pending);
    const header = JSON.stringify({ id, op, ...fields });
    if (place !== undefined) this.#lane?.send(header, place);
    else {
      this.#socket.send(header).catch((cause: unknown) => {
        this.end(new AgentError('connection', 'A request could not be sent', { where: this.endpoint, cause }));
      });
    }
    return true;
  }

  /** Closes the socket and rejects what is pending. Only the first reason counts. */
  end(reason: AgentError): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#socket.close();
    this.#lane?.close();
    for (const { reject } of [...this.#pending.values(), ...this.#waiting]) reject(reason);
    this.#pending.clear();
    this.#waiting.length = 0;
    this.#resolveEnded(reason);
  }

  /** The only reader of the socket: ZeroMQ allows no second `receive` beside one that waits. */
  async #receiveLoop(): Promise<void> {
    try {
      while (this.#end === undefined) this.#deliver(await this.#socket.receive());
    } catch (cause) {
      const reason =
        cause instanceof AgentError
          ? cause
          : new AgentError('connection', 'the connection to the emulators broke', { where: this.endpoint, cause });
      this.end(reason);
    }
  }

  #deliver(message: Buffer[]): void {
    this.#lastHeard = performance.now();
    const header = parseHeader(message[0]);
    const { id, ok } = header;
    if (typeof id !== 'number') {
      if (ok === false) throw parseServerError(header.error).error;
      throw protocolViolation('reply', 'the id of a request', JSON.stringify(id) ?? 'no id');
    }
    const pending = this.#pending.get(id);
    if (pending === undefined) {
      throw protocolViolation('reply', 'the id of a request that waits', String(id));
    }
    if (ok !== true && ok !== false) throw protocolViolation('reply', 'ok as true or false', JSON.stringify(ok) ?? '');
    const reply: WireReply = ok
      ? { ok, header, parts: message.slice(1) }
      : { ok, ...parseServerError(errorOf(header, message)) };
    this.#pending.delete(id);
    pending.resolve(reply);
    while (this.#waiting[0] !== undefined && this.#send(this.#waiting[0])) this.#waiting.shift();
  }
}

function parseHeader(part: Buffer | undefined): Record<string, unknown> {
  const text = part?.toString() ?? '';
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    header = undefined;
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header as Record<string, unknown>;
  throw protocolViolation('reply', 'a JSON object as the header', JSON.stringify(text.slice(0, 80)));
}

/** The error of a failed reply, which has that and nothing else. */
function errorOf(header: Record<string, unknown>, message: Buffer[]): unknown {
  const unknown = Object.keys(header).find((key) => key !== 'id' && key !== 'ok' && key !== 'error');
  if (unknown !== undefined) throw protocolViolation('failed reply', 'no unknown fields', `"${unknown}"`);
  if (message.length > 1) throw protocolViolation('failed reply', 'no binary parts', `${message.length - 1} parts`);
  return header.error;
}
