/** One test as it is gone through: what is asked next follows from the seed and from the answers so far. */
import { createHash } from 'node:crypto';
import { AgentError, createRandom, type Frame, hashArray } from '../core/index.js';
import type { AnswerLine } from './answer-line.js';
import { inWording } from './in-wording.js';
import type { Form } from './numbers/number-line.js';
import { strengthOf } from './psychophysics/psychometric.js';
import { Staircase } from './psychophysics/staircase.js';
import { choicesOf, type EyeTest } from './tests/index.js';

export interface EyePlan {
  readonly seed: number;
  /** Pixels of a picture's side. */
  readonly side: number;
  /** Questions at each level; null lets the staircase choose. */
  readonly each: number | null;
  /** Usable answers to a test, at most. */
  readonly most: number;
  /** How a checkpoint in this process answers: the choice that it finds likeliest, or in free text. */
  readonly answers?: 'scored' | 'written';
  /** Part of what is asked that has to be usable, or a test is over. */
  readonly usable?: number;
}

/** A question to be asked; with the answer it becomes a line. */
export interface Planned
  extends Pick<AnswerLine, 'test' | 'form' | 'trial' | 'level' | 'wording' | 'answer' | 'pictures'> {
  readonly choices: string[];
  readonly words: string;
  readonly frames: readonly Frame[];
}

/** Fewer answers give no threshold. */
const LEAST = 30;
/** An interval of this part of the levels' range is narrow enough. */
const NARROW = 0.2;
/** Of all that is asked at least this part has to be usable, or a test is over, where a plan says nothing else. */
export const USABLE = 0.85;

export class TestRun {
  readonly levels: readonly number[];
  readonly staircase: Staircase;
  readonly lines: AnswerLine[] = [];
  #usable = 0;

  constructor(
    readonly test: EyeTest,
    private readonly plan: EyePlan,
    readonly form: Form = 'asked',
  ) {
    this.levels = test.levels(plan.side);
    const strengths = this.levels.map((level) => strengthOf(level, test.harder));
    this.staircase = new Staircase({ strengths, guess: 1 / test.choices.length });
  }

  /** The next question; undefined where the test is over. */
  next(): Planned | undefined {
    if (this.isOver) return undefined;
    const trial = this.lines.length;
    const { test, plan } = this;
    const { seed, side, each } = plan;
    const index = each === null ? this.staircase.next() : trial % this.levels.length;
    const level = this.levels[index] as number;
    const random = createRandom(seed, `eye test ${test.name} ${trial}`);
    const answer = random.integer(test.choices.length);
    const wording = random.integer(test.wordings.length);
    const drawn = test.draw({ level, answer, side, random });
    const isTrained = this.form === 'trained';
    const words = isTrained ? (test.trained as string) : (test.wordings[wording] as string);
    return {
      ...{ test: test.name, ...(isTrained ? { form: 'trained' as const } : {}), trial, level },
      ...{ wording: isTrained ? 0 : wording, answer, choices: [...choicesOf(test, drawn)] },
      ...{ words: inWording(words, drawn.values ?? {}), frames: drawn.frames, pictures: hashOf(drawn.frames) },
    };
  }

  /** Takes the answer to the question that `next` gave. Throws `record` where the line is of another question. */
  add(line: AnswerLine, planned: Planned): void {
    const told = FIELDS.map((name) => JSON.stringify(line[name]));
    const wanted = FIELDS.map((name) => JSON.stringify(planned[name]));
    const at = told.findIndex((value, i) => value !== wanted[i]);
    if (at !== -1) {
      throw new AgentError('record', 'an answer is not of the question that its seed gives', {
        expected: `${FIELDS[at]} ${wanted[at]}`,
        got: told[at] as string,
        where: `test ${line.test}, question ${line.trial}`,
        next: 'another version of the program asked it, or the file was changed: begin anew in another folder',
      });
    }
    this.lines.push(line);
    if (line.chosen === null) return;
    this.#usable++;
    this.staircase.add(this.levels.indexOf(line.level), line.chosen === line.answer);
  }

  /** Nothing more is asked. */
  get isOver(): boolean {
    const { each, most, usable = USABLE } = this.plan;
    const asked = this.lines.length;
    if (each !== null) return asked >= each * this.levels.length;
    if (this.#usable >= most || asked * usable >= most) return true;
    if (this.#usable < Math.min(LEAST, most)) return false;
    const [low, high] = this.staircase.threshold().interval;
    const strengths = this.levels.map(Math.log10);
    return high - low < NARROW * (Math.max(...strengths) - Math.min(...strengths));
  }
}

const FIELDS = ['test', 'form', 'trial', 'level', 'wording', 'answer', 'choices', 'pictures'] as const;

function hashOf(frames: readonly Frame[]): string {
  const hash = createHash('sha256');
  for (const frame of frames) hash.update(hashArray(frame));
  return hash.digest('hex').slice(0, 32);
}
