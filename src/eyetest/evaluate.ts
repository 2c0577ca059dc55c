/** Eye tests of several models in one folder, each with a folder of its own in it. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../core/index.js';
import { createPolicy, PAPER_MODELS, policyKinds, type Services } from '../players/index.js';
import { programVersions } from '../record/index.js';
import { type EyePlanFile, PLAN_FILE, readPlan, writePlan } from './answers-file.js';
import { chooseAsTrained } from './choose-as-trained.js';
import { askAsTrained } from './numbers/ask-as-trained.js';
import { numberTest } from './numbers/index.js';
import type { NumberRun } from './numbers/number-run.js';
import { askInWords } from './numbers/run-numbers.js';
import { questionGame } from './question-game.js';
import { eyeTest, runEyeTests } from './run.js';
import { type EyePlan, type TestRun, USABLE } from './test-run.js';

const MODELS = 'models';

export interface EvaluateOptions extends Omit<EyePlan, 'side'> {
  /** Questions of a test with numbers, at most; 40 where left out. */
  readonly numbers?: number;
  /** Sizes of the pictures; a model has a folder for each. */
  readonly sides: readonly number[];
  /** Checkpoints, or players as `agent play --policy` takes them. */
  readonly models: readonly string[];
  readonly tests: readonly string[];
  /** What is there already is not asked again. */
  readonly out: string;
  readonly services?: Services | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onAnswers?: (model: string, runs: readonly Progress[]) => void;
}

/** A test as far as it was answered. */
export type Progress = Pick<TestRun, 'lines' | 'isOver'> | Pick<NumberRun, 'lines' | 'isOver'>;

/**
 * Tests one model after the other, at one size after the other; resolves with their folders. Rejects with `usage` for
 * a test or a model that there is not, and where the folder holds another test of the same model; and as
 * `runEyeTests`.
 */
export async function evaluateEyes(options: EvaluateOptions): Promise<string[]> {
  const { models, tests, sides, out, services, signal, onAnswers } = options;
  for (const name of tests) if (!numberTest(name)) eyeTest(name);
  const folders: string[] = [];
  for (const model of models) {
    const spec = await specOf(model);
    // Some question: players only want to know that text is asked of them.
    const game = questionGame({
      wording: 'Which?',
      choices: ['left', 'right'],
      frames: 1,
      side: 64,
      answers: options.answers ?? 'scored',
    });
    await using policy = await createPolicy(spec, { game, ...(services ? { services } : {}) });
    const checkpoint = PAPER_MODELS.find((kind) => spec.startsWith(`${kind}:`));
    for (const side of sides) {
      const plan = { ...options, side, checkpoint: checkpoint !== undefined };
      const folder = await plannedFolder(model, policy.provenance ?? {}, plan);
      folders.push(folder);
      const name = sides.length > 1 ? `${model}, ${side} pixels` : model;
      const asking = { folder, signal, onAnswers: (runs: readonly Progress[]) => onAnswers?.(name, runs) };
      await runEyeTests({ ...asking, policy });
      await askInWords(policy, asking);
      if (checkpoint) {
        await chooseAsTrained(spec.slice(checkpoint.length + 1), asking);
        await askAsTrained(spec.slice(checkpoint.length + 1), asking);
      }
    }
  }
  return folders.length > 0 ? folders : eyeFolders(out);
}

/** The folders of eye tests in what `evaluateEyes` wrote, or the folder of one itself. */
export async function eyeFolders(out: string): Promise<string[]> {
  if (existsSync(join(out, PLAN_FILE))) return [out];
  const names = await readdir(join(out, MODELS)).catch(() => []);
  if (names.length > 0) return names.sort().map((name) => join(out, MODELS, name));
  throw new AgentError('usage', 'there is no eye test in this folder', {
    expected: `${MODELS}/ with a folder for each model, as agent eyetest writes it`,
    where: out,
  });
}

/** The models whose eye tests a folder holds; none where it holds none. */
export async function modelsIn(out: string): Promise<string[]> {
  const folders = await eyeFolders(out).catch(() => []);
  return Promise.all(folders.map(async (folder) => (await readPlan(folder)).model));
}

/** A player by its kind; else a checkpoint. */
async function specOf(model: string): Promise<string> {
  const kind = model.split(':', 1)[0] as string;
  if (policyKinds.some(({ name }) => name === kind)) return model;
  return `pae-lamm:${model}`;
}

/**
 * The folder of who is tested, at a size: as it is there, with tests that are new added to its plan, or a new one.
 * Rejects with `usage` where plans differ in anything else.
 */
export async function plannedFolder(
  model: string,
  provenance: object,
  options: EyePlan & PlannedTests,
): Promise<string> {
  const { out, seed, side, each, most, answers = 'scored', numbers = 40, checkpoint = false } = options;
  const tests = [...new Set(options.tests)];
  const plan = {
    ...{ format: 1 as const, model, provenance: JSON.parse(JSON.stringify(provenance)) },
    ...{ seed, side, each, most, tests, answers, numbers, checkpoint, usable: USABLE },
    versions: await programVersions(),
  };
  const known = existsSync(join(out, MODELS)) ? await eyeFolders(out) : [];
  for (const folder of known) {
    const there = await readPlan(folder);
    if (there.model !== model || there.side !== side) continue;
    requireSame(plan, there, folder);
    if (tests.length > there.tests.length) await writePlan(folder, { ...there, tests });
    return folder;
  }
  const folder = join(out, MODELS, `${String(known.length + 1).padStart(2, '0')}-${slug(model)}`);
  await writePlan(folder, plan);
  return folder;
}

interface PlannedTests extends Partial<Pick<EyePlanFile, 'numbers' | 'checkpoint'>> {
  readonly tests: readonly string[];
  readonly out: string;
}

/** Versions may differ, and what another version of the program took for the share that has to be usable. */
const MAY_DIFFER = ['versions', 'usable'];

function requireSame(plan: { readonly tests: readonly string[] }, there: EyePlanFile, folder: string): void {
  const isMore = there.tests.every((test) => plan.tests.includes(test));
  for (const [name, value] of Object.entries(plan)) {
    const was = (there as Record<string, unknown>)[name];
    if (MAY_DIFFER.includes(name) || (name === 'tests' && isMore)) continue;
    if (JSON.stringify(was) === JSON.stringify(value)) continue;
    throw new AgentError('usage', 'the folder holds another eye test of this model', {
      expected: `${name} ${JSON.stringify(was)}`,
      got: JSON.stringify(value),
      where: folder,
      next: 'begin anew in another --out',
    });
  }
}

const slug = (model: string): string => model.replaceAll(/[^a-zA-Z0-9.]+/g, '-').slice(-60);
