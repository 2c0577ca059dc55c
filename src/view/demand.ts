/**
 * Which pictures of a game that is followed are played again, and when. While it is being played: up to the decision
 * that somebody wants to see at full size, and none where nobody does, because each costs the game something of its
 * machine. When it is over: all, as long as somebody looks.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** How often it is looked whether the next one is wanted. */
const LOOK_MS = 50;

export class Demand {
  #upTo = -1;
  #lookers = 0;
  #isOver = false;

  /** Whether a page shows the episode. */
  get isLookedAt(): boolean {
    return this.#lookers > 0;
  }

  /** The pictures of all decisions up to this one are wanted. */
  want(step: number): void {
    this.#upTo = Math.max(this.#upTo, step);
  }

  /** A page shows the episode, until what is returned is called. */
  look(): () => void {
    this.#lookers += 1;
    return () => {
      this.#lookers -= 1;
    };
  }

  /** Nobody plays it any more. */
  end(): void {
    this.#isOver = true;
  }

  /** Resolves when the pictures of a decision are wanted, or with the signal. */
  async turn(step: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && step > this.#upTo && !(this.#isOver && this.isLookedAt)) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }
}
