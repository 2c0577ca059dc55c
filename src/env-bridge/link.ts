/**
 * A way to one emulator process that answered `hello`: its connection, and what has to be ended with it. There are two
 * kinds: a process started here, which can be replaced when it dies, and a server somewhere else, which cannot.
 */
import { AgentError } from '../core/index.js';
import { awaitWith } from './await-with.js';
import { Connection } from './connection.js';
import { EmulatorProcess } from './emulator-process.js';
import { CLIENT_NAME, PROTOCOL_VERSION, parseHello, type ServerFacts } from './protocol.js';

/** Time for a process that said it listens to answer the first message. */
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

/** Starts an emulator process and says hello. */
export async function spawnLink(signal?: AbortSignal): Promise<Link> {
  const emulator = await EmulatorProcess.start(signal);
  const connection = new Connection(emulator.endpoint);
  // The process's end says more than the socket's, so that is what pending requests reject with.
  void emulator.ended.then((reason) => connection.end(reason));
  const finish = (how: 'stop' | 'kill') => async (): Promise<void> => {
    connection.end(closedError());
    await emulator[how]();
  };
  try {
    const facts = await sayHello(connection, HELLO_TIMEOUT_MS, signal);
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
    throw new AgentError('protocol', 'The reply to hello has binary parts', { where: connection.endpoint });
  }
  return parseHello(reply.header);
}

export function closedError(): AgentError {
  return new AgentError('cancelled', 'The emulators were closed', { next: 'make the environment again' });
}
