/**
 * One game played turn by turn by a program that trains a model: what it is asked, and what came of its answer. The
 * prompt, the stack, the parser, the reminders and the fallback are those of an episode of the harness.
 */
import { AgentError, type Env, type Frame, type NdArray } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { parseAction } from '../parser/parse-action.js';
import type { Action } from '../policy.js';
import { FrameStack } from '../prompt/frame-stack.js';
import { buildPrompt } from '../prompt/prompt.js';

/** What is asked now, and what came of the last answer. */
export interface Turn {
  /** The prompt with one `<image>` for each frame; after an answer that could not be used with a reminder. */
  readonly prompt: string;
  /** Oldest first. */
  readonly frames: readonly Frame[];
  /** Decisions made. */
  readonly step: number;
  /** Of the action just executed; 0 where none was. */
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** The action executed; null at the beginning, and where the same is asked again. */
  readonly action: number | null;
  /** Why the last answer could not be used; null where it could. */
  readonly rejected: string | null;
}

export class Turns {
  readonly #stack: FrameStack;
  #step = 0;
  #attempt = 0;
  #isOver = true;

  constructor(
    private readonly game: Game,
    private readonly env: Env<NdArray, Action>,
  ) {
    this.#stack = new FrameStack(game.frames);
  }

  /** Begins an episode. Rejects with what the emulator rejects. */
  async reset(seed: number): Promise<Turn> {
    const { observation } = await this.env.reset({ seed });
    this.#stack.reset(observation);
    [this.#step, this.#attempt, this.#isOver] = [0, 0, false];
    return this.#turn({});
  }

  /** Takes an answer in words; asks again as often as the game allows, then executes the game's fallback. */
  async answer(text: string): Promise<Turn> {
    this.#requireRunning();
    const { actions, sights, answers } = this.game;
    const parsed = parseAction(text, actions, sights);
    if (parsed.ok) return await this.act(parsed.action);
    if (this.#attempt < answers.retries) {
      this.#attempt++;
      return this.#turn({ rejected: parsed.reason });
    }
    return { ...(await this.act(answers.fallback)), rejected: parsed.reason };
  }

  /** Executes an action by its index. Rejects with `illegal_action` where there is none, `episode_over` at the end. */
  async act(action: number): Promise<Turn> {
    this.#requireRunning();
    if (!Number.isInteger(action) || action < 0 || action >= this.game.actions.length) {
      const expected = `0 to ${this.game.actions.length - 1}`;
      throw new AgentError('illegal_action', `${this.game.name} has no such action`, { expected, got: `${action}` });
    }
    const step = await this.env.step(action);
    this.#stack.push(step.observation);
    this.#step++;
    this.#attempt = 0;
    const [terminated, truncated] = [step.kind === 'terminated', step.kind === 'truncated'];
    this.#isOver = terminated || truncated;
    return this.#turn({ action, reward: step.kind === 'first' ? 0 : step.reward, terminated, truncated });
  }

  #turn(changes: Partial<Turn>): Turn {
    const { text, frames } = buildPrompt(this.game, { frames: this.#stack.frames, attempt: this.#attempt });
    const nothing = { reward: 0, terminated: false, truncated: false, action: null, rejected: null };
    return { prompt: text, frames, step: this.#step, ...nothing, ...changes };
  }

  #requireRunning(): void {
    if (!this.#isOver) return;
    throw new AgentError('episode_over', 'the episode is over', { expected: 'a reset before the next action' });
  }
}
