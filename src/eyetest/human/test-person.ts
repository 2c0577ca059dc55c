/** A person as one of those that are tested: with a plan and answers in files like a model's. */
import { AgentError } from '../../core/index.js';
import { plannedFolder } from '../evaluate.js';
import { numberTest } from '../numbers/index.js';
import { eyeTest } from '../run.js';
import type { EyePlan, TestRun } from '../test-run.js';
import { startEyePage } from './server.js';
import { Sitting } from './sitting.js';

export interface PersonOptions extends EyePlan {
  /** Tells people of one folder from each other; null where there is one. */
  readonly name: string | null;
  readonly tests: readonly string[];
  /** What was answered there already is not asked again. */
  readonly out: string;
  readonly signal: AbortSignal;
  /** The address of the page, once it can be opened. */
  readonly onPage: (url: string) => void;
}

/**
 * Resolves with all tests when they are over, or when the person stops; the same call goes on from there. Rejects with
 * `cancelled`, with `usage` as `evaluateEyes` and for tests with numbers, and with `setup` where the page is not built.
 */
export async function testPerson(options: PersonOptions): Promise<readonly TestRun[]> {
  const { name, tests, signal, onPage } = options;
  for (const test of tests) requireChoices(test);
  const model = name === null ? 'human' : `human ${name}`;
  const folder = await plannedFolder(model, { taken_by: 'a person' }, options);
  const sitting = await Sitting.open(folder);
  if (sitting.isOver) return sitting.runs;
  await using page = await startEyePage(sitting);
  onPage(page.url);
  const interrupted = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  await Promise.race([sitting.ended, signal.aborted ? undefined : interrupted]);
  // What was answered in this moment is kept.
  await sitting.state();
  signal.throwIfAborted();
  return sitting.runs;
}

function requireChoices(test: string): void {
  if (!numberTest(test)) return void eyeTest(test);
  throw new AgentError('usage', 'tests with numbers are not for people', {
    expected: 'tests with choices: nobody names the color of a pixel to 1 of 255',
    got: test,
    next: 'leave it out of --tests, or leave --tests out',
  });
}
