/**
 * Where a person plays: shown each moment as a policy is given it, at the speed of the game, with the keys as they are
 * pressed. The game waits until somebody has begun, while they pause, and while no page is open.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpisodeStart, Situation } from '../agent/index.js';
import type { Frame } from '../core/index.js';
import type { Move, Person } from '../players/index.js';
import { canvasOf } from '../video/captions.js';
import { pngOf } from './picture-blocks.js';
import type { SeatEvent, SeatState, SeatWord } from './protocol.js';

type Shown = Extract<SeatEvent, { kind: 'game' }>;

export class Seat implements Person {
  #game: Shown | undefined;
  #picture: Extract<SeatEvent, { kind: 'picture' }> | undefined;
  #isOver = false;
  #isRunning = false;
  #hasLeft = false;
  /** Pages that show the seat. */
  #pages = 0;
  #action = 0;
  /** A key that was pressed since the last moment; it counts also where it was let go again. */
  #tapped: number | undefined;
  #order = -1;
  /** When the keys last changed, and what was done in the moment before. */
  #changedAt = 0;
  #pressedAt = 0;
  #last: number | undefined;
  /** When the next moment of the game is due. */
  #due = 0;
  #wake: () => void = () => {};

  /** What a page is to show now: the game, and its newest picture. */
  get state(): SeatState {
    if (this.#game === undefined) return { game: this.#isOver ? { kind: 'over' } : { kind: 'waiting' }, picture: null };
    return { game: this.#game, picture: this.#picture ? { ...this.#picture, isRunning: this.#isRunning } : null };
  }

  /** A page shows the seat; to be called again, with false, when it is closed. */
  sit(isThere: boolean): void {
    this.#pages += isThere ? 1 : -1;
    if (this.#pages === 0) this.#isRunning = false;
    this.#wake();
  }

  /** What the person's page says. Words that come late, or of an action that there is not, change nothing. */
  hear(word: SeatWord): void {
    if (this.#game === undefined) return;
    if (word.kind === 'action') {
      if (word.order <= this.#order || word.action >= this.#game.actions.length) return;
      this.#order = word.order;
      if (word.action !== this.#action) this.#pressedAt = performance.now();
      this.#action = word.action;
      if (word.action !== this.#game.noop) this.#tapped = word.action;
      return;
    }
    if (word.kind === 'leave') this.#hasLeft = true;
    else this.#isRunning = word.kind === 'start';
    this.#wake();
  }

  async begin({ game, seed, env }: EpisodeStart): Promise<void> {
    const noop = game.noop ?? game.answers.fallback;
    this.#game = {
      kind: 'game',
      ...{ title: game.title, game: game.name, seed, noop },
      actions: game.actions.map(({ name, description }) => ({ name, description })),
      decisionsPerSecond: (env.framesPerSecond ?? DEFAULT_FPS) / env.frameSkip,
    };
    this.#picture = undefined;
    this.#isOver = this.#isRunning = this.#hasLeft = false;
    this.#action = noop;
    this.#order = -1;
    this.#last = this.#tapped = undefined;
  }

  async move({ frames, step }: Situation, signal: AbortSignal | undefined): Promise<Move> {
    const newest = frames.at(-1) as Frame;
    const picture = (await pngOf(canvasOf(newest))).toString('base64');
    this.#picture = { kind: 'picture', step, picture, isRunning: this.#isRunning };
    if (!(await this.#isTheirTurn(signal))) return { kind: 'stop' };
    const period = 1000 / (this.#game as Shown).decisionsPerSecond;
    // After a pause, or a slow emulator, the game goes on from now.
    this.#due = Math.max(this.#due + period, performance.now());
    await sleep(this.#due - performance.now(), undefined, signal ? { signal } : {});
    return this.#hasLeft ? { kind: 'stop' } : this.#moveNow();
  }

  async end(): Promise<void> {
    this.#game = undefined;
    this.#isOver = true;
  }

  #moveNow(): Move {
    const isLetGo = this.#action === this.#game?.noop;
    const action = isLetGo ? (this.#tapped ?? this.#action) : this.#action;
    this.#tapped = undefined;
    const isHeld = action === this.#last;
    const tookMs = Math.max(0, this.#pressedAt - this.#changedAt);
    if (!isHeld) this.#changedAt = performance.now();
    this.#last = action;
    return { kind: 'action', action, isHeld, tookMs: isHeld ? 0 : tookMs };
  }

  /** Waits until the game runs; false where the person has left. */
  async #isTheirTurn(signal: AbortSignal | undefined): Promise<boolean> {
    while (!this.#isRunning && !this.#hasLeft) {
      const woken = new Promise<void>((done) => {
        this.#wake = done;
      });
      const ended = new Promise<never>((_, reject) => {
        const fail = (): void => reject(signal?.reason);
        if (signal?.aborted) fail();
        signal?.addEventListener('abort', fail, { once: true });
      });
      await Promise.race([woken, ended]);
      // What was looked at while nothing moved is no reaction.
      this.#changedAt = performance.now();
      this.#pressedAt = this.#changedAt;
    }
    return !this.#hasLeft;
  }
}

/** Frames a second of a game that does not say. */
const DEFAULT_FPS = 30;
