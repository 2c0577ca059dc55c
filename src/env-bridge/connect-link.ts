/**
 * A way to an emulator server that somebody else started, over the network. A server that a client has no key for
 * stays silent by design, so what little ZeroMQ tells of the connection is kept to say what is probably wrong.
 */
import type { Dealer, SocketOptions } from 'zeromq';
import { AgentError, inWords, isAgentError } from '../core/index.js';
import { Connection } from './connection.js';
import { ConnectionWatch } from './connection-watch.js';
import { closedError, type Link, type LinkOptions, sayHello } from './link.js';

/** Rejects with `usage` for keys that are none, `connection` where nobody (or nobody who knows us) answers. */
export async function connectLink(endpoint: string, options: LinkOptions, signal?: AbortSignal): Promise<Link> {
  const watch = new ConnectionWatch(endpoint, options);
  const connection = openConnection(endpoint, options, watch);
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
    if (isAgentError(error, 'emulator_timeout')) throw watch.explainSilence();
    throw error;
  }
}

function openConnection(endpoint: string, options: LinkOptions, watch: ConnectionWatch): Connection {
  const { serverKey, clientKeys, keyNames } = options;
  if ((serverKey === undefined) !== (clientKeys === undefined)) {
    throw new AgentError('usage', 'an encrypted connection needs both sides’ keys', {
      expected: `${keyNames.server} and ${keyNames.client}, or neither`,
      got: `${serverKey === undefined ? keyNames.client : keyNames.server} alone`,
      next: 'make a key pair with `agent keys`',
    });
  }
  const security: SocketOptions<Dealer> =
    serverKey === undefined || clientKeys === undefined
      ? {}
      : { curveServerKey: serverKey, curvePublicKey: clientKeys.publicKey, curveSecretKey: clientKeys.secretKey };
  try {
    // Heartbeats notice a peer that vanished without a word, such as a machine that lost its power.
    const heartbeat = { heartbeatInterval: 5_000, heartbeatTimeout: 15_000 };
    return new Connection(endpoint, { ...security, ...heartbeat }, (events) => watch.follow(events));
  } catch (cause) {
    throw new AgentError('usage', 'cannot connect to that', {
      expected: 'an endpoint such as tcp://192.0.2.7:5555, and keys of 40 characters as `agent keys` makes them',
      got: inWords(cause),
      where: endpoint,
      cause,
    });
  }
}
