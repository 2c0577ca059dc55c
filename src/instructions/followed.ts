/**
 * Whether a player does what it is told: it plays a game told plainly, and at each decision is also asked what it would
 * do if the same were told otherwise. It follows where both answers mean the same action. The game itself goes on by
 * the plain answers, so that all tellings are asked about the same situations.
 */
import {
  type Answer,
  type EpisodeStart,
  type Game,
  type Patience,
  type Policy,
  parseAction,
  type Situation,
} from '../agent/index.js';
import { AgentError, createRandom } from '../core/index.js';
import { askedPatiently } from './patient.js';
import type { Telling } from './tellings.js';

/** What one telling came to in one episode. */
export interface Followed {
  readonly telling: string;
  /** Decisions asked about. */
  decisions: number;
  /** Of these, those with the action that is wanted as the game is told plainly. */
  followed: number;
  /** Those with the name that this action has when told plainly, where that now means another. */
  byHeart: number;
  /** Those whose answer names no action. */
  unread: number;
}

/** The counts of one episode, a telling each. */

export interface FollowedEpisode {
  readonly policy: string;
  readonly game: string;
  readonly seed: number;
  readonly tellings: readonly Followed[];
}

interface Running {
  readonly start: EpisodeStart;
  readonly tellings: Followed[];
}

/** How a player is asked. */
export interface AskedOptions {
  /** Only every so-manieth decision is asked about. */
  readonly every: number;
  /** Told of each episode that is over, or broke off, and in which anything was asked. */
  readonly over: (episode: FollowedEpisode) => void;
  /** How long a service that fails is waited for. */
  readonly patience?: Patience;
}

/** A player that is asked about every telling beside the game that it plays; `over` is told of each ended episode. */
export class AskedOtherwise implements Policy {
  readonly id: string;
  readonly provenance: NonNullable<Policy['provenance']>;
  readonly needs: NonNullable<Policy['needs']>;
  readonly #running = new Map<string, Running>();
  /** Whatever went wrong while asking otherwise: the game must not go on as if nothing had been. */
  #failure: unknown;

  constructor(
    private readonly player: Policy,
    private readonly tellings: readonly Telling[],
    private readonly options: AskedOptions,
  ) {
    this.id = player.id;
    this.provenance = player.provenance ?? {};
    this.needs = player.needs ?? [];
  }

  async begin(start: EpisodeStart): Promise<void> {
    await this.player.begin(start);
    const none = { decisions: 0, followed: 0, byHeart: 0, unread: 0 };
    this.#running.set(start.episode, {
      start,
      tellings: this.tellings.map(({ name }) => ({ telling: name, ...none })),
    });
  }

  async act(situations: readonly Situation[], options?: { readonly signal?: AbortSignal }): Promise<readonly Answer[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const answers = await this.player.act(situations, options);
    try {
      await this.#askOtherwise(situations, answers, options);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    return answers;
  }

  async #askOtherwise(
    situations: readonly Situation[],
    answers: readonly Answer[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    for (const [i, situation] of situations.entries()) {
      const running = this.#running.get(situation.episode);
      if (!running || situation.attempt > 0 || situation.step % this.options.every !== 0) continue;
      const answer = answers[i] as Answer;
      // The loop waits for a service that is out of reach, and asks again.
      const chosen = answer.kind === 'failure' ? undefined : actionOf(answer, running.start.game, this.id);
      if (chosen === undefined) continue;
      for (const [number, telling] of this.tellings.entries()) {
        await this.#ask(running, number, telling, { situation, chosen }, options);
      }
    }
  }

  async end(episode: string): Promise<void> {
    const running = this.#running.get(episode);
    this.#running.delete(episode);
    await this.player.end(episode);
    // One in which nothing was asked has nothing to tell.
    if (!running?.tellings.some(({ decisions }) => decisions > 0)) return;
    const { seed, game } = running.start;
    this.options.over({ policy: this.id, game: game.name, seed, tellings: running.tellings });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.player[Symbol.asyncDispose]();
  }

  async #ask(
    { start, tellings }: Running,
    number: number,
    telling: Telling,
    { situation, chosen }: { readonly situation: Situation; readonly chosen: number },
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    const count = tellings[number] as Followed;
    const random = createRandom(start.seed, `${telling.name} ${situation.step}`);
    const { game, names } = telling.tell(start.game, chosen, random);
    const episode = `${start.episode} ${telling.name}`;
    // What was answered before was answered with other names.
    const { past: _, ...shown } = situation;
    await this.player.begin({ ...start, episode, game });
    try {
      const ask = () => this.player.act([{ ...shown, episode }], options);
      const answer = await askedPatiently(ask, options?.signal, this.options.patience);
      const said = actionOf(answer, game, this.id);
      const name = said === undefined ? undefined : game.actions[said]?.name;
      count.decisions++;
      if (name === undefined) count.unread++;
      else if (names.indexOf(name) === chosen) count.followed++;
      else if (name === start.game.actions[chosen]?.name) count.byHeart++;
    } finally {
      await this.player.end(episode);
    }
  }
}

/** The place in the game's list of what an answer names; undefined where it names none. */
function actionOf(answer: Answer, game: Game, player: string): number | undefined {
  if (answer.kind === 'text') {
    const read = parseAction(answer.raw, game.actions, game.sights);
    return read.ok ? read.action : undefined;
  }
  if (answer.kind === 'unusable') return undefined;
  throw new AgentError('usage', `${player} reads no instructions`, {
    expected: 'a model that answers with text, such as pae-lamm or endpoint:NAME',
    got: 'a player that answers with actions',
  });
}
