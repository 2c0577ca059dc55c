/** One test with numbers as it is gone through: what is asked is known beforehand, and answered in any order. */
import { AgentError } from '../../core/index.js';
import type { Form, NumberLine } from './number-line.js';
import { type NumberQuestion, type NumberQuestions, type NumberTest, pictureHash } from './number-test.js';

/** A question to be asked; with the answer it becomes a line. */
export interface PlannedNumbers extends Pick<NumberLine, (typeof FIELDS)[number]> {
  readonly question: NumberQuestion;
}

const FIELDS = ['test', 'form', 'trial', 'wording', 'truth', 'pictures'] as const;

export class NumberRun {
  readonly #lines = new Map<number, NumberLine>();

  constructor(
    readonly test: NumberTest,
    readonly form: Form,
    readonly questions: NumberQuestions,
  ) {}

  /** Answered so far, in the order of the questions. */
  get lines(): NumberLine[] {
    return [...this.#lines.values()].sort((one, other) => one.trial - other.trial);
  }

  get isOver(): boolean {
    return this.#lines.size >= this.questions.count;
  }

  /** Questions that are not answered, by number. */
  get left(): number[] {
    return Array.from({ length: this.questions.count }, (_, trial) => trial).filter((trial) => !this.#lines.has(trial));
  }

  plan(trial: number): PlannedNumbers {
    const { test, form } = this;
    const question = this.questions.question(trial);
    const { truth, frame, wording } = question;
    return {
      ...{ test: test.name, form, trial, wording: form === 'asked' ? wording : 0 },
      ...{ truth: [...truth], pictures: pictureHash(frame), question },
    };
  }

  /** Throws `record` where the line is of another question than the seed gives, or of one that was answered. */
  add(line: NumberLine): void {
    const { trial } = line;
    const isAsked = trial < this.questions.count && !this.#lines.has(trial);
    if (!isAsked) throw changed('an answer to each question', 'one more', line);
    const planned = this.plan(trial);
    const field = FIELDS.find((name) => JSON.stringify(line[name]) !== JSON.stringify(planned[name]));
    if (field) throw changed(`${field} ${JSON.stringify(planned[field])}`, JSON.stringify(line[field]), line);
    const isWhole = line.numbers === null || line.numbers.length === line.truth.length;
    if (!isWhole) throw changed(`${line.truth.length} numbers`, `${line.numbers?.length}`, line);
    this.#lines.set(trial, line);
  }
}

function changed(expected: string, got: string, { test, trial }: NumberLine): AgentError {
  return new AgentError('record', 'an answer is not of the question that its seed gives', {
    ...{ expected, got, where: `test ${test}, question ${trial}` },
    next: 'another version of the program asked it, or the file was changed: begin anew in another folder',
  });
}
