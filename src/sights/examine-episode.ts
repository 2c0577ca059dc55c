/**
 * How right is what a player says it sees: its recorded game is played again, and the numbers of each answer are held
 * against those that the scripted teacher reads off the same pictures.
 */

import { type Action, FrameStack, type Game, loadShippedGame, splitSighted } from '../agent/index.js';
import { AgentError, harmlessName } from '../core/index.js';
import type { GymStep } from '../env-bridge/index.js';
import { teacherOf } from '../expert/index.js';
import { type EpisodeRecord, readSteps } from '../record/index.js';
import { type EnvFactory, isDecision, replaySteps } from '../replay/index.js';

/** A number counts as near that is so many columns or rows beside the teacher's at most. */
export const NEAR = 2;

/** Decisions of an episode by what teacher and player say of one sight; 0 says that there is nothing. */
export interface SightCounts {
  /** The teacher sees it; then the player's number is near, or the very same. */
  there: number;
  near: number;
  exact: number;
  /** The teacher does not see it; then the player says a number all the same. */
  absent: number;
  invented: number;
}

/** One episode, looked through. */
export interface ExaminedEpisode {
  readonly game: string;
  /** The record's name of the player. */
  readonly policy: string;
  readonly seed: number;
  readonly decisions: number;
  /** Decisions whose answer has no numbers in form: the player is taken to have seen nothing. */
  readonly silent: number;
  /** In the game's order. */
  readonly sights: readonly (SightCounts & { readonly name: string })[];
  /** Decisions in which it did what the teacher would do there. */
  readonly asTaught: number;
  /** Decisions in which it did what the teacher would do if the player's own numbers were right. */
  readonly asSaid: number;
}

/**
 * Looks through one record. Rejects with `usage` for a game that nobody wrote a teacher for and a player that says no
 * words, `state_mismatch` where the episode is not the recorded one, `record`, `cancelled`, and what the emulator
 * rejects.
 */
export async function examineEpisode(
  record: EpisodeRecord,
  makeEnv: EnvFactory,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ExaminedEpisode> {
  const { manifest } = record;
  const game = loadShippedGame(manifest.game.name);
  const examiner = new Examiner(game);
  await requireWords(record);
  const env = await makeEnv(manifest, { render: false });
  try {
    for await (const { line, played } of replaySteps(record, env, options)) {
      if (isDecision(line)) examiner.examine(line.raw ?? '', line.executed);
      examiner.see(played);
    }
  } finally {
    await env.close();
  }
  return { game: game.name, policy: manifest.policy.id, seed: manifest.seed, ...examiner.result };
}

/** Before anything is played again: who answers in words has said some by the first decisions. */
async function requireWords(record: EpisodeRecord): Promise<void> {
  for await (const line of readSteps(record)) if (isDecision(line) && line.raw !== null) return;
  throw new AgentError('usage', 'this player does not say what it sees', {
    expected: 'a record of a player that answers in words, such as pae-lamm',
    got: harmlessName(record.manifest.policy.id),
    where: record.folder,
  });
}

class Examiner {
  readonly #game: Game;
  readonly #teacher: ReturnType<typeof teacherOf>;
  readonly #stack: FrameStack;
  readonly #sights: ExaminedEpisode['sights'];
  #counts = { decisions: 0, silent: 0, asTaught: 0, asSaid: 0 };

  constructor(game: Game) {
    this.#game = game;
    this.#teacher = teacherOf(game);
    this.#stack = new FrameStack(game.frames);
    this.#sights = game.sights.map(({ name }) => ({ name, there: 0, near: 0, exact: 0, absent: 0, invented: 0 }));
  }

  get result() {
    return { ...this.#counts, sights: this.#sights };
  }

  see({ kind, observation }: GymStep): void {
    if (kind === 'first') this.#stack.reset(observation);
    else this.#stack.push(observation);
  }

  /** The decision that was made of what was seen last. */
  examine(raw: string, executed: Action): void {
    const lesson = this.#teacher.look(this.#stack.frames);
    const told = splitSighted(this.#game, raw).sights;
    const said = told ?? this.#sights.map(() => 0);
    this.#counts.decisions++;
    if (!told) this.#counts.silent++;
    if (lesson.action === executed) this.#counts.asTaught++;
    if (told && this.#teacher.actionFor(said) === executed) this.#counts.asSaid++;
    for (const [place, counts] of this.#sights.entries()) {
      count(counts, said[place] as number, lesson.sights[place] as number);
    }
  }
}

function count(counts: SightCounts, said: number, right: number): void {
  if (right === 0) {
    counts.absent++;
    if (said > 0) counts.invented++;
    return;
  }
  counts.there++;
  if (said > 0 && Math.abs(said - right) <= NEAR) counts.near++;
  if (said === right) counts.exact++;
}
