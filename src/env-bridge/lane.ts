/**
 * The short way to an emulator process on this machine (docs/protocol.md, "The lane"): requests and replies over a
 * stream socket that the process inherited, frames through shared memory. The messages are those of ZeroMQ, but no
 * thread stands between the two programs: a request wakes the emulator itself, and a reply this process itself.
 */
import type { Duplex } from 'node:stream';
import { AgentError } from '../core/index.js';
import { protocolViolation } from './protocol.js';
import type { Place, SharedMemory } from './shared-memory.js';

/** Before each header: its length; and the place (in a request) or the length (in a reply) of the binary part. */
const PREFIX_BYTES = 8;
const NO_PART = 0xffffffff;
const MAX_HEADER_BYTES = 2 ** 20;
/** How long a lost lane waits for the process's own end, which says more. */
const END_PATIENCE_MS = 1000;

export interface LaneEvents {
  /** A reply: its header, then its binary part if it has one. What this throws ends the lane. */
  readonly onMessage: (parts: Buffer[]) => void;
  /** The lane cannot be used any more. */
  readonly onEnd: (reason: AgentError) => void;
}

export class Lane {
  readonly #socket: Duplex;
  readonly #memory: SharedMemory;
  /** Places of the requests without an answer yet; replies come in the same order. */
  readonly #places: Place[] = [];
  #received: Buffer = Buffer.alloc(0);
  #events: LaneEvents | undefined;

  constructor(socket: Duplex, memory: SharedMemory) {
    this.#socket = socket;
    this.#memory = memory;
    socket.on('error', () => {}); // a dead process's socket; `close` follows
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** Bytes of the shared memory. */
  get size(): number {
    return this.#memory.size;
  }

  /** Says who takes the replies; before the first request. */
  open(events: LaneEvents): void {
    this.#events = events;
    this.#socket.once('close', () => {
      const reason = new AgentError('connection', 'the lane to an emulator process was closed by the process');
      setTimeout(() => events.onEnd(reason), END_PATIENCE_MS).unref();
    });
  }

  /** Room for the observations of a request; undefined where there is none at present. */
  reserve(bytes: number): Place | undefined {
    return this.#memory.take(bytes);
  }

  /** Sends a request whose observations go to `place`. */
  send(header: string, place: Place): void {
    const length = Buffer.byteLength(header);
    const message = Buffer.allocUnsafe(PREFIX_BYTES + length);
    message.writeUInt32LE(length, 0);
    message.writeUInt32LE(place.start, 4);
    message.write(header, PREFIX_BYTES);
    this.#places.push(place);
    this.#socket.write(message);
  }

  /** Ends it; the events tell nothing more. */
  close(): void {
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
    this.#memory.close();
  }

  #receive(chunk: Buffer): void {
    let received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      while (received.length >= PREFIX_BYTES) {
        const length = received.readUInt32LE(0);
        if (length > MAX_HEADER_BYTES) {
          throw protocolViolation('reply over the lane', `a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`);
        }
        const end = PREFIX_BYTES + length;
        if (received.length < end) break;
        this.#deliver(received.subarray(PREFIX_BYTES, end), received.readUInt32LE(4));
        received = received.subarray(end);
      }
      this.#received = received;
    } catch (cause) {
      const error =
        cause instanceof AgentError ? cause : new AgentError('connection', 'the lane could not be read', { cause });
      this.#events?.onEnd(error);
    }
  }

  #deliver(header: Buffer, bytes: number): void {
    const place = this.#places.shift();
    if (place === undefined) throw protocolViolation('reply over the lane', 'a reply to a request', 'one too many');
    const parts = bytes === NO_PART ? [header] : [header, this.#memory.read(place, bytes)];
    this.#memory.release(place);
    this.#events?.onMessage(parts);
  }
}
