/** Goes through tests with choices: the next question of each is asked together, and kept before another is asked. */
import type { Policy } from '../agent/index.js';
import { AgentError, type Frame } from '../core/index.js';
import { type AnswerLine, choiceOf } from './answer-line.js';
import { ANSWERS_FILE, appendLine, type EyePlanFile, mendLines, readAnswers, readPlan } from './answers-file.js';
import { askEach, type Question, saidBy } from './ask.js';
import { NUMBER_TESTS, numberTest } from './numbers/index.js';
import type { Form } from './numbers/number-line.js';
import { questionGame, questionSpec } from './question-game.js';
import { type EyePlan, type Planned, TestRun } from './test-run.js';
import { EYE_TESTS, type EyeTest } from './tests/index.js';

export interface EyeRunOptions {
  /** With a plan. Answers that are there already are not asked again. */
  readonly folder: string;
  readonly policy: Policy;
  readonly signal?: AbortSignal | undefined;
  readonly onAnswers?: (runs: readonly TestRun[]) => void;
}

/** The test with choices of a name. Throws `usage` where there is none. */
export function eyeTest(name: string): EyeTest {
  const test = EYE_TESTS.find((one) => one.name === name);
  if (test) return test;
  throw new AgentError('usage', `there is no eye test ${JSON.stringify(name)}`, {
    expected: [...EYE_TESTS, ...NUMBER_TESTS].map((one) => one.name).join(', '),
    got: name,
    next: 'agent eyetest --help lists them',
  });
}

/**
 * The tests with choices of a folder as far as they were answered. Every question is drawn again and held against what
 * was kept.
 */
export async function readRuns(folder: string): Promise<TestRun[]> {
  const plan = await readPlan(folder);
  const tests = plan.tests.filter((name) => !numberTest(name)).map(eyeTest);
  const runs = tests.flatMap((test) => formsOf(test, plan).map((form) => new TestRun(test, plan, form)));
  for (const line of await readAnswers(folder)) {
    const run = runs.find(({ test, form }) => test.name === line.test && form === (line.form ?? 'asked'));
    const planned = run?.next();
    if (run && planned) run.add(line, planned);
    else throw surplus(line.test, folder);
  }
  return runs;
}

function formsOf({ trained }: EyeTest, { checkpoint }: EyePlanFile): readonly Form[] {
  return checkpoint && trained !== undefined ? ['asked', 'trained'] : ['asked'];
}

/**
 * Asks what is left in words, and resolves with all tests when these are over. Every answer is kept the moment it
 * comes. Rejects with `cancelled` and with what the player fails with; the same call goes on from there.
 */
export async function runEyeTests(options: EyeRunOptions): Promise<TestRun[]> {
  const { folder, policy, signal, onAnswers } = options;
  await mendLines(folder, ANSWERS_FILE);
  const { seed, answers } = await readPlan(folder);
  const runs = await readRuns(folder);
  for (;;) {
    signal?.throwIfAborted();
    const open = runs.flatMap((run) => {
      const planned = run.form === 'asked' ? run.next() : undefined;
      return planned ? [{ run, planned, ...questionOf(planned, answers) }] : [];
    });
    if (open.length === 0) return runs;
    for (const group of byFrames(open)) {
      await askEach(policy, group, {
        ...{ seed, signal },
        keep: async ({ run, planned, game }, answer) => {
          await keepChoice(folder, run, planned, { ...choiceOf(answer, game.actions), ...saidBy(answer) });
          onAnswers?.(runs);
        },
      });
    }
  }
}

/** Keeps an answer in the file, and then in the run. */
export async function keepChoice(
  folder: string,
  run: TestRun,
  planned: Planned,
  answer: Omit<AnswerLine, Exclude<keyof Planned, 'words' | 'frames'>>,
): Promise<void> {
  const { words: _words, frames: _frames, ...asked } = planned;
  const line = { ...asked, ...answer };
  await appendLine(folder, ANSWERS_FILE, line);
  run.add(line, planned);
}

/** As a player is asked it. */
function questionOf(planned: Planned, answers: EyePlan['answers']): Question {
  const { test, trial, words, choices, frames } = planned;
  const side = (frames[0] as Frame).shape[0] as number;
  const asked = { wording: words, choices, frames: frames.length, side, answers };
  return { name: `${test} ${trial}`, frames, game: questionGame(asked), env: questionSpec(asked) };
}

/** Questions with as many pictures as each other: so a checkpoint's rows are about equally long. */
function byFrames<T extends { readonly planned: Planned }>(open: readonly T[]): T[][] {
  const counts = [...new Set(open.map(({ planned }) => planned.frames.length))];
  return counts.map((count) => open.filter(({ planned }) => planned.frames.length === count));
}

function surplus(test: string, where: string): AgentError {
  return new AgentError('record', 'there are answers to questions that were not asked', {
    expected: 'answers of the tests in the plan, each until it is over',
    got: `one more of ${test}`,
    where,
    next: 'the file was changed, or another version of the program asked: begin anew in another folder',
  });
}
