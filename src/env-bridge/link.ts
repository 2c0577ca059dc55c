/**
 * A way to one emulator process that answered `hello`: its connection, and what has to be ended with it. There are two
 * kinds: a process started here, which can be replaced when it dies, and a server somewhere else, which cannot.
 */
import { AgentError } from '../core/index.js';
import { awaitWith } from './await-with.js';
import { Connection } from './connection.js';
import { EmulatorProcess, type StartOptions } from './emulator-process.js';
import type { Lane } from './lane.js';
import {
  CLIENT_NAME,
  PROTOCOL_VERSION,
  parseAttach,
  parseHello,
  protocolViolation,
  type ServerFacts,
} from './protocol.js';
import type { KeyNames, KeyPair } from './types.js';

/** How to reach a server somewhere else. */
export interface LinkOptions {
  readonly serverKey?: string | undefined;
  readonly clientKeys?: KeyPair | undefined;
  readonly keyNames: KeyNames;
  readonly connectTimeoutMs: number;
}

/** Time for a process that said it listens to answer each of the first messages. */
const HELLO_TIMEOUT_MS = 15_000;

export interface Link {
  readonly connection: Connection;
  readonly facts: ServerFacts;
  /** Resolves, never rejects, when nothing can be asked any more; the connection's requests have rejected by then. */
  readonly ended: Promise<AgentError>;
  /** Ends what is at the other end, politely, and the connection. Never rejects. */
  close(): Promise<void>;
  /** Ends it at once. Never rejects. */
  kill(): Promise<void>;
}

/** Starts an emulator process, says hello, and takes the lane where there is one. */
export async function spawnLink(options: StartOptions): Promise<Link> {
  const { startTimeoutMs, signal } = options;
  const emulator = await EmulatorProcess.start(options);
  const connection = new Connection(emulator.endpoint);
  // The process's end says more than the socket's, so that is what pending requests reject with.
  void emulator.ended.then((reason) => connection.end(reason));
  const finish = (how: 'stop' | 'kill') => async (): Promise<void> => {
    connection.end(closedError());
    await emulator[how]();
  };
  try {
    const timeoutMs = Math.min(HELLO_TIMEOUT_MS, startTimeoutMs);
    const facts = await sayHello(connection, timeoutMs, signal);
    if (emulator.lane !== undefined) await attach(connection, emulator.lane, timeoutMs, signal);
    return { connection, facts, ended: connection.ended, close: finish('stop'), kill: finish('kill') };
  } catch (error) {
    await finish('kill')();
    throw error;
  }
}

/** The first exchange. Rejects with `protocol` on another version, `emulator_timeout` on silence. */
export async function sayHello(connection: Connection, timeoutMs: number, signal?: AbortSignal): Promise<ServerFacts> {
  const request = { op: 'hello', fields: { protocol: PROTOCOL_VERSION, client: CLIENT_NAME } } as const;
  const reply = await awaitWith(connection.request(request), {
    timeoutMs,
    signal,
    what: 'the first answer of a server',
  });
  if (!reply.ok) throw reply.error;
  if (reply.parts.length > 0) {
    throw new AgentError('protocol', 'the reply to hello has binary parts', { where: connection.endpoint });
  }
  return parseHello(reply.header);
}

/** Has the session take the lane; where the server has none after all, everything goes through the socket. */
async function attach(connection: Connection, lane: Lane, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  const request = connection.request({ op: 'attach', fields: {} });
  const reply = await awaitWith(request, { timeoutMs, signal, what: "an emulator process's answer about its lane" });
  if (!reply.ok) {
    lane.close();
    return;
  }
  const bytes = parseAttach(reply.header);
  if (bytes !== lane.size) throw protocolViolation('reply to attach', `${lane.size} bytes`, `${bytes} bytes`);
  connection.useLane(lane);
}

export function closedError(): AgentError {
  return new AgentError('cancelled', 'the emulators were closed', { next: 'make the environment again' });
}
