/** What environments answered, in the order in which they did, for `send` and `receive`. */
import { AgentError } from '../core/index.js';
import { cancelledError } from './await-with.js';
import type { VectorEvent, VectorStep } from './types.js';

type Receiver = (event: VectorEvent) => void;

export class ReadyQueue {
  readonly #working = new Set<number>();
  readonly #ready: VectorEvent[] = [];
  readonly #receivers = new Set<Receiver>();

  /** Starts one environment's work. Throws `usage` while a result of it is still to be received. */
  expect(env: number, start: () => Promise<readonly VectorStep[]>): void {
    if (this.#working.has(env)) {
      throw new AgentError('usage', 'the environment still has a step to be received', {
        expected: 'one send at a time for each environment',
        got: `a second one for environment ${env}`,
      });
    }
    this.#working.add(env);
    void start().then(([step]) => this.#deliver({ env, step: step as VectorStep }));
  }

  #deliver(event: VectorEvent): void {
    const [receiver] = this.#receivers;
    if (receiver === undefined) {
      this.#ready.push(event);
      return;
    }
    this.#receivers.delete(receiver);
    this.#hand(event, receiver);
  }

  #hand(event: VectorEvent, receiver: Receiver): void {
    this.#working.delete(event.env);
    receiver(event);
  }

  /** The next result. Rejects with `usage` where none was asked for, or others wait for all of them; `cancelled`. */
  next(signal: AbortSignal | undefined): Promise<VectorEvent> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelledError('a step', signal));
        return;
      }
      const event = this.#ready.shift();
      if (event !== undefined) {
        this.#hand(event, resolve);
        return;
      }
      if (this.#receivers.size >= this.#working.size) {
        reject(
          new AgentError('usage', 'nothing is left to receive', {
            expected: 'as many receives as sends',
            got: `${this.#working.size} sent, ${this.#receivers.size} receiving already`,
          }),
        );
        return;
      }
      const receiver: Receiver = (received) => {
        signal?.removeEventListener('abort', cancel);
        resolve(received);
      };
      const cancel = (): void => {
        this.#receivers.delete(receiver);
        reject(cancelledError('a step', signal));
      };
      this.#receivers.add(receiver);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }
}
