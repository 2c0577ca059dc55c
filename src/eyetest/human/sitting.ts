/** A person at the tests: one question at a time, each kept before the next is asked. */
import { AgentError, encodePng, type Frame } from '../../core/index.js';
import { ANSWERS_FILE, appendLine, mendLines, readPlan } from '../answers-file.js';
import { readRuns } from '../run.js';
import type { EyePlan, Planned, TestRun } from '../test-run.js';
import type { GivenAnswer, Progress, SittingState } from './sitting-state.js';

interface Asked {
  readonly run: TestRun;
  readonly planned: Planned;
}

export class Sitting {
  #asked: Asked | undefined;
  #isStopped = false;
  /** Settles when what was answered last is kept. */
  #kept: Promise<void> = Promise.resolve();
  #end: () => void = () => {};
  /** Resolves when all tests are over, or the person has stopped. */
  readonly ended = new Promise<void>((done) => {
    this.#end = done;
  });

  private constructor(
    private readonly folder: string,
    readonly runs: readonly TestRun[],
    private readonly plan: EyePlan,
  ) {
    this.#next();
  }

  /** Goes on with what is in the folder, which has a plan. Rejects with `record` as `readRuns`. */
  static async open(folder: string): Promise<Sitting> {
    await mendLines(folder, ANSWERS_FILE);
    return new Sitting(folder, await readRuns(folder), await readPlan(folder));
  }

  get isOver(): boolean {
    return this.runs.every(({ isOver }) => isOver);
  }

  async state(): Promise<SittingState> {
    await this.#kept;
    return { now: this.#now(), progress: this.#progress() };
  }

  /** A PNG of the question that is asked now; undefined where there is none such. */
  picture(test: string, trial: number, index: number): Buffer | undefined {
    const planned = this.#asked?.planned;
    if (planned?.test !== test || planned.trial !== trial) return undefined;
    const frame = planned.frames[index];
    return frame && encodePng(frame);
  }

  /**
   * Resolves when the answer is kept. Rejects with `usage` where another question is asked now, as after a second
   * press, or where there is no such choice; nothing is counted then.
   */
  async answer({ test, trial, choice }: GivenAnswer): Promise<void> {
    const asked = this.#asked;
    if (this.#isStopped || asked?.planned.test !== test || asked.planned.trial !== trial) {
      const got = `question ${trial} of ${test}`;
      throw new AgentError('usage', 'this question is not asked now', { got, next: 'load the page again' });
    }
    const { choices } = asked.planned;
    if (!Number.isInteger(choice) || choice < 0 || choice >= choices.length) {
      const expected = `0 to ${choices.length - 1}`;
      throw new AgentError('usage', 'there is no such choice', { expected, got: String(choice) });
    }
    // Taken: whoever answers meanwhile is told that it is not asked.
    this.#asked = undefined;
    const keeping = this.#keep(asked, choice);
    this.#kept = keeping.catch(() => {});
    await keeping;
  }

  /** Nothing more is asked. */
  stop(): void {
    this.#isStopped = true;
    this.#end();
  }

  async #keep(asked: Asked, chosen: number): Promise<void> {
    const { words: _words, frames: _frames, ...line } = asked.planned;
    const answered = { ...line, chosen, unusable: null, raw: null };
    try {
      await appendLine(this.folder, ANSWERS_FILE, answered);
    } catch (error) {
      this.#asked = asked;
      throw error;
    }
    asked.run.add(answered, asked.planned);
    this.#next();
  }

  /** Of the test with the fewest answers, in the order of the plan: a file says what was asked when it goes on. */
  #next(): void {
    const open = this.runs.filter(({ isOver }) => !isOver);
    const fewest = Math.min(...open.map(({ lines }) => lines.length));
    const run = open.find(({ lines }) => lines.length === fewest);
    const planned = run?.next();
    this.#asked = run && planned ? { run, planned } : undefined;
    if (this.#asked === undefined) this.#end();
  }

  #now(): SittingState['now'] {
    if (this.#isStopped) return { kind: 'stopped' };
    if (this.#asked === undefined) return { kind: 'over' };
    const { test, trial, words, choices, frames } = this.#asked.planned;
    const side = (frames[0] as Frame).shape[0] as number;
    return { kind: 'question', test, trial, words, choices, pictures: frames.length, side };
  }

  #progress(): Progress {
    const { each, most } = this.plan;
    const parts = this.runs.map(({ isOver, lines, levels }) =>
      isOver ? 1 : lines.length / (each === null ? most : each * levels.length),
    );
    return {
      answered: this.runs.reduce((sum, { lines }) => sum + lines.length, 0),
      testsOver: this.runs.filter(({ isOver }) => isOver).length,
      tests: this.runs.length,
      part: parts.reduce((sum, part) => sum + part, 0) / parts.length,
    };
  }
}
