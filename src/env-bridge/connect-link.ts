/**
 * A way to an emulator server that somebody else started, over the network. A server that a client has no key for
 * stays silent by design, so what little ZeroMQ tells of the connection is kept to say what is probably wrong.
 */
import type { Dealer, Observer, SocketOptions } from 'zeromq';
import { AgentError, isAgentError } from '../core/index.js';
import { Connection } from './connection.js';
import { closedError, type Link, sayHello } from './link.js';
import type { KeyPair } from './types.js';

export interface LinkOptions {
  readonly serverKey?: string | undefined;
  readonly clientKeys?: KeyPair | undefined;
  readonly connectTimeoutMs: number;
}

/** Rejects with `usage` for keys that are none, `connection` where nobody (or nobody who knows us) answers. */
export async function connectLink(endpoint: string, options: LinkOptions, signal?: AbortSignal): Promise<Link> {
  const connection = openConnection(endpoint, options);
  const watch = new ConnectionWatch(connection.socket.events, endpoint);
  try {
    const hello = sayHello(connection, options.connectTimeoutMs, signal);
    hello.catch(() => {}); // the refusal may come first
    const facts = await Promise.race([hello, watch.refused]);
    // From here on a lost connection is a lost session: the server closes its environments.
    void watch.lost.then((reason) => connection.end(reason));
    const close = async (): Promise<void> => connection.end(closedError());
    return { connection, facts, ended: connection.ended, close, kill: close };
  } catch (error) {
    connection.end(closedError());
    if (isAgentError(error, 'emulator_timeout')) throw watch.explain(options);
    throw error;
  }
}

function openConnection(endpoint: string, { serverKey, clientKeys }: LinkOptions): Connection {
  if ((serverKey === undefined) !== (clientKeys === undefined)) {
    throw new AgentError('usage', 'An encrypted connection needs both sides’ keys', {
      expected: 'serverKey and clientKeys, or neither',
      got: serverKey === undefined ? 'clientKeys alone' : 'serverKey alone',
      next: 'make a key pair with `agent keys`',
    });
  }
  const security: SocketOptions<Dealer> =
    serverKey === undefined || clientKeys === undefined
      ? {}
      : { curveServerKey: serverKey, curvePublicKey: clientKeys.publicKey, curveSecretKey: clientKeys.secretKey };
  try {
    // Heartbeats notice a peer that vanished without a word, such as a machine that lost its power.
    return new Connection(endpoint, { ...security, heartbeatInterval: 5_000, heartbeatTimeout: 15_000 });
  } catch (cause) {
    throw new AgentError('usage', 'Cannot connect to that', {
      expected: 'an endpoint such as tcp://192.0.2.7:5555, and keys of 40 characters as `agent keys` makes them',
      got: cause instanceof Error ? cause.message : String(cause),
      where: endpoint,
      cause,
    });
  }
}

/** Follows a socket's connection events. They end with the socket. */
class ConnectionWatch {
  /** Rejects when the server refuses the handshake. */
  readonly refused: Promise<never>;
  /** Resolves when an established connection is gone. */
  readonly lost: Promise<AgentError>;
  readonly #endpoint: string;
  #wasReached = false;
  #hasShakenHands = false;

  constructor(events: Observer, endpoint: string) {
    this.#endpoint = endpoint;
    events.on('connect', () => {
      this.#wasReached = true;
    });
    events.on('handshake', () => {
      this.#hasShakenHands = true;
    });
    this.refused = new Promise((_resolve, reject) => {
      const refuse = ({ error }: { readonly error: Error }) => reject(this.#refusal(error));
      events.on('handshake:error:auth', refuse);
      events.on('handshake:error:protocol', refuse);
    });
    this.refused.catch(() => {}); // nobody waits any more once hello is answered
    this.lost = new Promise((resolve) => {
      events.on('disconnect', () => {
        if (!this.#hasShakenHands) return;
        resolve(
          new AgentError('connection', 'The connection to the emulator server was lost', {
            where: endpoint,
            next: 'its environments are closed: connect again and make them anew',
          }),
        );
      });
    });
  }

  #refusal(cause: Error): AgentError {
    return new AgentError('connection', 'The emulator server refused the connection', {
      expected: 'keys that both sides know',
      got: cause.message,
      where: this.#endpoint,
      next: 'check that the server has this client’s public key, and that serverKey is the server’s',
      cause,
    });
  }

  /** What silence probably means. */
  explain({ serverKey, connectTimeoutMs }: LinkOptions): AgentError {
    const { got, next } = this.#diagnosis(serverKey !== undefined);
    return new AgentError('connection', `No answer from an emulator server within ${connectTimeoutMs / 1000} s`, {
      got,
      where: this.#endpoint,
      next,
    });
  }

  #diagnosis(isEncrypted: boolean): { got: string; next: string } {
    if (!this.#wasReached) {
      return { got: 'nobody listens there', next: 'check host and port, and that the server is running' };
    }
    if (this.#hasShakenHands) {
      return {
        got: 'a ZeroMQ socket that does not answer',
        next: 'check that it is an emulator server (python -m agent_envs.server), and not busy with somebody else',
      };
    }
    return isEncrypted
      ? {
          got: 'somebody listens, but does not accept these keys',
          next: 'check serverKey, and that the server has this client’s public key; or the server uses no keys',
        }
      : {
          got: 'somebody listens, but does not answer a client without keys',
          next: 'give serverKey and clientKeys (make them with `agent keys`), or check that it is an emulator server',
        };
  }
}
