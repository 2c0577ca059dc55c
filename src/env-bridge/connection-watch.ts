/**
 * What ZeroMQ tells of a connection to a server elsewhere. A server says nothing to a client whose keys it does not
 * know, so these few events are all there is to explain a silence with.
 */
import type { Observer } from 'zeromq';
import { AgentError } from '../core/index.js';
import type { LinkOptions } from './link.js';

const MISMATCH = 'ERR_ZMTP_MECHANISM_MISMATCH';

export class ConnectionWatch {
  /** Rejects when the server refuses the handshake; trying again would not help. */
  readonly refused: Promise<never>;
  /** Resolves when an established connection is gone. */
  readonly lost: Promise<AgentError>;
  readonly #endpoint: string;
  readonly #options: LinkOptions;
  #wasReached = false;
  #hasShakenHands = false;
  #refuse: (error: AgentError) => void = () => {};
  #lose: (error: AgentError) => void = () => {};

  constructor(endpoint: string, options: LinkOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.refused = new Promise((_resolve, reject) => {
      this.#refuse = reject;
    });
    this.refused.catch(() => {}); // nobody waits any more once the server has answered
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  /** Listens to a socket's events from before it connects; they end with the socket. */
  follow(events: Observer): void {
    const onRefusal = ({ error }: { readonly error: Error }): void => this.#refuse(this.#describeRefusal(error));
    events.on('connect', () => {
      this.#wasReached = true;
    });
    events.on('handshake', () => {
      this.#hasShakenHands = true;
    });
    events.on('handshake:error:auth', onRefusal);
    events.on('handshake:error:protocol', onRefusal);
    events.on('disconnect', () => {
      if (this.#hasShakenHands) this.#lose(this.#describeLoss());
    });
  }

  /** Why a server that should have answered did not, as far as can be told. */
  explainSilence(): AgentError {
    const { got, next } = this.#diagnose();
    const waited = `${this.#options.connectTimeoutMs / 1000} s`;
    return this.#error(`No answer from an emulator server within ${waited}`, got, next);
  }

  #diagnose(): { got: string; next: string } {
    if (!this.#wasReached) {
      return { got: 'nobody listens there', next: 'check host and port, and that the server is running' };
    }
    if (this.#hasShakenHands) {
      return {
        got: 'a ZeroMQ socket that does not answer',
        next: 'check that it is an emulator server (python -m agent_envs.server), and not busy with somebody else',
      };
    }
    return {
      got: 'somebody listens, but does not get through the handshake',
      next: this.#isEncrypted
        ? `check that ${this.#options.keyNames.server} is the server’s public key, and that the server has this client’s`
        : 'check that it is an emulator server (python -m agent_envs.server)',
    };
  }

  #describeRefusal(cause: Error): AgentError {
    const { server, client } = this.#options.keyNames;
    const summary = 'The emulator server refused the connection';
    if ((cause as NodeJS.ErrnoException).code !== MISMATCH) {
      const next = `check that the server has this client’s public key, and that ${server} is the server’s`;
      return this.#error(summary, cause.message, next, cause);
    }
    return this.#isEncrypted
      ? this.#error(
          summary,
          'a server without keys',
          `leave out ${server} and ${client}, or give the server keys`,
          cause,
        )
      : this.#error(
          summary,
          'a server that wants keys',
          `give ${server} and ${client} (\`agent keys\` makes them)`,
          cause,
        );
  }

  #describeLoss(): AgentError {
    const next = 'its environments are closed: connect again and make them anew';
    return this.#error('The connection to the emulator server was lost', undefined, next);
  }

  get #isEncrypted(): boolean {
    return this.#options.serverKey !== undefined;
  }

  #error(summary: string, got: string | undefined, next: string, cause?: Error): AgentError {
    return new AgentError('connection', summary, {
      ...(got === undefined ? {} : { got }),
      where: this.#endpoint,
      next,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
