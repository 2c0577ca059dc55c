/** Asks what is left of the tests with numbers, and reads what was answered. */
import type { Answer, Policy } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { appendLine, mendLines, NUMBERS_FILE, readLines, readPlan } from '../answers-file.js';
import { askEach, type Question, saidBy } from '../ask.js';
import { questionGame, questionSpec } from '../question-game.js';
import { numberTest } from './index.js';
import { type Form, type NumberLine, numberLineSchema } from './number-line.js';
import { NumberRun, type PlannedNumbers } from './number-run.js';
import { type ReadNumbers, readNumbers } from './read-numbers.js';

export interface NumberRunOptions {
  /** With a plan. Answers that are there already are not asked again. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onAnswers?: (runs: readonly NumberRun[]) => void;
}

/** Questions under way at a time, at most: what comes after one that fails is not asked. */
const TOGETHER = 16;

/** The runs of a folder's plan, as far as they were answered. Every question is drawn again and compared. */
export async function readNumberRuns(folder: string): Promise<NumberRun[]> {
  const plan = await readPlan(folder);
  const runs: NumberRun[] = [];
  for (const test of plan.tests.flatMap((name) => numberTest(name) ?? [])) {
    const questions = await test.open(plan);
    for (const form of formsOf(test.kind, plan.checkpoint)) runs.push(new NumberRun(test, form, questions));
  }
  for (const line of await readLines(folder, NUMBERS_FILE, numberLineSchema)) {
    const run = runs.find(({ test, form }) => test.name === line.test && form === line.form);
    if (!run) throw unplanned(line, folder);
    run.add(line);
  }
  return runs;
}

/**
 * A checkpoint in this process is asked in the form that it was trained on too, pixels and places of named things.
 * Several colors at once it is asked for in that form alone: an answer of its own words has room for a few numbers
 * only.
 */
function formsOf(kind: NumberRun['test']['kind'], isCheckpoint: boolean): readonly Form[] {
  if (!isCheckpoint || kind === 'sight') return ['asked'];
  return kind === 'painting' ? ['trained'] : ['asked', 'trained'];
}

/**
 * Asks what is left in words. Every answer is kept the moment it comes. Rejects with `cancelled` and with what the
 * player fails with; the same call goes on from there.
 */
export async function askInWords(policy: Policy, { folder, signal, onAnswers }: NumberRunOptions): Promise<void> {
  await mendLines(folder, NUMBERS_FILE);
  const { seed } = await readPlan(folder);
  const runs = await readNumberRuns(folder);
  const left = runs.filter(({ form }) => form === 'asked').flatMap((run) => run.left.map((trial) => ({ run, trial })));
  for (let first = 0; first < left.length; first += TOGETHER) {
    const open = left.slice(first, first + TOGETHER).map(({ run, trial }) => asQuestion(run, run.plan(trial)));
    await askEach(policy, open, {
      ...{ seed, signal },
      keep: async ({ run, planned }, answer) => {
        await keepNumbers(folder, run, planned, { ...numbersOf(answer, planned, run), ...saidBy(answer) });
        onAnswers?.(runs);
      },
    });
  }
}

/** Keeps an answer in the file, and then in the run. */
export async function keepNumbers(
  folder: string,
  run: NumberRun,
  planned: PlannedNumbers,
  answer: Omit<NumberLine, keyof PlannedNumbers>,
): Promise<void> {
  const { question: _, ...asked } = planned;
  const line = { ...asked, ...answer };
  await appendLine(folder, NUMBERS_FILE, line);
  run.add(line);
}

function asQuestion(run: NumberRun, planned: PlannedNumbers): Question & { run: NumberRun; planned: PlannedNumbers } {
  const { test, trial, question } = planned;
  const { words, frame } = question;
  // A game has actions; what is read here are the numbers in the text.
  const asked = { wording: words, choices: ['numbers'], frames: 1, side: frame.shape[0] as number };
  const { prompt, ...game } = questionGame({ ...asked, answers: 'written' });
  const template = '{frames}\n{instructions}';
  return {
    ...{ run, planned, name: `${test} ${trial}`, frames: [frame], env: questionSpec(asked) },
    game: { ...game, prompt: { ...prompt, template } },
  };
}

function numbersOf(answer: Answer, { question }: PlannedNumbers, { test }: NumberRun) {
  if (answer.kind === 'unusable') return { numbers: null, unusable: answer.outcome };
  const { truth, most } = question;
  const raw = answer.kind === 'text' ? answer.raw : '';
  return asKept(readNumbers(raw, { count: truth.length, together: test.together, most }));
}

export function asKept(read: ReadNumbers): Pick<NumberLine, 'numbers' | 'unusable'> {
  return 'numbers' in read ? { ...read, unusable: null } : { numbers: null, ...read };
}

function unplanned({ test, form }: NumberLine, where: string): AgentError {
  return new AgentError('record', 'there are answers to questions that were not asked', {
    expected: 'answers of the tests in the plan',
    got: `one of ${test}, ${form}`,
    where,
    next: 'the file was changed, or another version of the program asked: begin anew in another folder',
  });
}
