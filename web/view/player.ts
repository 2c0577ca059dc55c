/**
 * Where one is in the episodes, and how it goes on. A moment is a number of decisions, with a fraction between two of
 * them; by the game's time it is the seconds times the first episode's decisions a second.
 */
import type { By } from './address.js';
import type { Episode } from './episode.js';

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8] as const;

/** A picture of an episode: a decision, and how much of it has gone by, above 0 to 1. */
export interface Place {
  readonly step: number;
  readonly share: number;
}

export class Player {
  #moment = 0;
  #isPlaying = false;
  #before: number | undefined;
  /** A moment that is to be gone to as soon as its decision is known. */
  #wanted: number | undefined;
  speed = 1;
  by: By = 'decision';
  /** At the end of an episode that is being played the newest decision stays in sight. */
  isFollowing = false;

  constructor(
    private readonly episodes: readonly Episode[],
    private readonly onMove: () => void,
  ) {}

  get moment(): number {
    return this.#moment;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Whether it goes on by itself: it plays, or follows a game. */
  get isMoving(): boolean {
    return this.#isPlaying || (this.isFollowing && this.#isAnyLive);
  }

  /** The decision of the first episode. */
  get step(): number {
    return Math.ceil(this.#moment);
  }

  /** The last moment of the longest episode. */
  get last(): number {
    return Math.max(0, ...this.episodes.map((episode) => episode.last / this.#scale(episode)));
  }

  placeIn(episode: Episode): Place {
    const moment = Math.min(episode.last, this.#moment * this.#scale(episode));
    // A share of 1 is the end of a decision; rounding must not make it the beginning of the next one.
    const step = Math.ceil(moment - 1e-9);
    return { step, share: Math.min(1, Math.max(1e-9, moment - (step - 1))) };
  }

  /** Goes to a moment, and stands there. */
  goTo(moment: number): void {
    this.isFollowing = false;
    this.#wanted = moment > this.last ? moment : undefined;
    this.#stand(moment);
  }

  /** To be called when more is known: a link may have named a moment that had not been read yet. */
  grow(): void {
    if (this.#wanted === undefined || this.#moment >= this.last) return;
    const isKnown = this.#wanted <= this.last || this.episodes.every(({ progress }) => progress?.isRead);
    const wanted = this.#wanted;
    if (isKnown) this.goTo(Math.min(wanted, this.last));
    else this.#stand(wanted);
  }

  stepBy(decisions: number): void {
    this.goTo(Math.round(this.step + decisions));
  }

  follow(): void {
    this.isFollowing = true;
    this.#stand(Math.floor(this.last));
  }

  play(): void {
    if (this.#isPlaying) return;
    this.#wanted = undefined;
    if (this.#moment >= this.last && !this.#isAnyLive) this.#moment = 0;
    this.isFollowing = false;
    this.#isPlaying = true;
    this.#before = undefined;
    requestAnimationFrame((now) => this.#tick(now));
  }

  pause(): void {
    if (!this.isMoving) return;
    this.#isPlaying = false;
    this.isFollowing = false;
    // The end of a decision: what is read beside the picture is of all of it.
    this.#moment = Math.min(this.last, Math.ceil(this.#moment));
    this.onMove();
  }

  toggle(): void {
    if (this.isMoving) this.pause();
    else this.play();
  }

  #stand(moment: number): void {
    this.#isPlaying = false;
    this.#moment = Math.max(0, Math.min(this.last, moment));
    this.onMove();
  }

  #tick(now: number): void {
    if (!this.#isPlaying) return;
    const seconds = this.#before === undefined ? 0 : Math.min(0.25, (now - this.#before) / 1000);
    this.#before = now;
    const rate = this.episodes[0]?.rate ?? 1;
    this.#moment = Math.min(this.last, this.#moment + seconds * rate * this.speed);
    const isOver = this.#moment >= this.last && !this.#isAnyLive;
    this.onMove();
    if (isOver) this.pause();
    else requestAnimationFrame((next) => this.#tick(next));
  }

  get #isAnyLive(): boolean {
    return this.episodes.some((episode) => episode.isLive);
  }

  #scale(episode: Episode): number {
    return this.by === 'decision' ? 1 : episode.rate / (this.episodes[0]?.rate ?? 1);
  }
}
