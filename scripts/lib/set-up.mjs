/**
 * The set-up: which steps are not done, and doing them, one after the other, under one lock. Cheap when nothing is to
 * do: a few small files are read and the sources' times compared.
 */
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { readExtraPackages } from './extra-packages.mjs';
import { paths } from './paths.mjs';
import { createProgress } from './progress.mjs';
import { checks, describeMissing } from './requirements.mjs';
import { runCommand, stopCurrentCommand } from './run-command.mjs';
import { knownCause, SetupError } from './setup-error.mjs';
import { acquireSetupLock } from './setup-lock.mjs';
import { hashOf, stampsIn } from './stamps.mjs';
import { bindingStep } from './steps/binding.mjs';
import { buildStep } from './steps/build.mjs';
import { packagesStep } from './steps/packages.mjs';
import { photographsStep } from './steps/photographs.mjs';
import { pythonExtraStep, pythonStep, pythonTestStep, trainingStep } from './steps/python.mjs';
import { redisStep } from './steps/redis.mjs';
import { tensorflowStep } from './steps/tensorflow.mjs';
import { chooseVariant } from './tensorflow-variant.mjs';

export const allSteps = [
  packagesStep,
  pythonStep,
  pythonTestStep,
  pythonExtraStep,
  trainingStep,
  tensorflowStep,
  bindingStep,
  buildStep,
  photographsStep,
  redisStep,
];
const stamps = stampsIn(paths.stamps);

/**
 * @param {{ flag?: 'cpu' | 'gpu' | 'auto', fresh?: boolean, forTests?: boolean, forTraining?: boolean,
 *   photographs?: boolean, extraPackages?: string[], only?: string[] }} options
 *   `extraPackages`: the list as it shall be, without it as it is; `flag` and `fresh` as in chooseVariant; `only` names
 *   the steps to look at
 */
function contextOf({
  flag,
  fresh = false,
  forTests = false,
  forTraining = false,
  photographs = false,
  extraPackages = readExtraPackages(),
}) {
  const { variant, chosen } = chooseVariant({ flag, fresh, installed: stamps.read('tensorflow') });
  return { variant, variantChosen: chosen, forTests, forTraining, photographs, extraPackages };
}

const stepsOf = (context, only) =>
  allSteps.filter((step) => step.applies(context) && (!only || only.includes(step.name)));

const isDone = (step, context) => step.isPresent() && stamps.read(step.name)?.inputs === hashOf(step.inputs(context));

/** A new Python environment has lost its test tools and what was added, whatever their stamps say. */
const isUndoneBy = (step, others) => ['python-test', 'python-extra'].includes(step.name) && others.includes('python');

/** The steps that must still run, in order. */
export function pendingSteps(options = {}) {
  const context = contextOf(options);
  const pending = [];
  for (const step of stepsOf(context, options.only)) {
    const names = pending.map(({ name }) => name);
    if (options.force || isUndoneBy(step, names) || !isDone(step, context)) pending.push(step);
  }
  return pending;
}

/**
 * Does what is not done.
 * @returns {Promise<string[]>} names of the steps that ran
 * @throws {SetupError} with what failed, why, and what to do
 */
export async function setUp(options = {}) {
  rememberChoice(options.flag);
  if (pendingSteps(options).length === 0) return [];
  const progress = options.progress ?? createProgress();
  try {
    const lock = await acquireSetupLock(paths.lock, ({ pid }) =>
      progress.say(`Another start (process ${pid}) is setting up; waiting for it.`),
    );
    const stopWatching = endOnSignals(lock, progress);
    const beat = setInterval(lock.touch, 5_000);
    try {
      return await runSteps(options, lock, progress);
    } finally {
      clearInterval(beat);
      stopWatching();
      progress.stop();
      lock.release();
    }
  } catch (error) {
    throw asSetupError(error);
  }
}

/** A flag that asks for the TensorFlow already installed runs no step, and is kept all the same. */
function rememberChoice(flag) {
  const installed = stamps.read('tensorflow');
  if (!flag || !installed) return;
  const chosen = flag === 'auto' ? 'machine' : 'flag';
  if ((flag === 'auto' || flag === installed.variant) && installed.chosen !== chosen) {
    stamps.write('tensorflow', installed.inputs, { variant: installed.variant, chosen });
  }
}

async function runSteps(options, lock, progress) {
  const context = contextOf(options);
  const steps = pendingSteps(options);
  const found = requireMachine(steps);
  requireDisk(steps, context);
  rmSync(paths.temporary, { recursive: true, force: true });
  mkdirSync(paths.temporary, { recursive: true });
  const ran = [];
  for (const [index, step] of steps.entries()) {
    // Looked at again: a step may have seemed undone only because the packages were not there yet.
    if (!options.force && !isUndoneBy(step, ran) && isDone(step, context)) continue;
    const inputs = hashOf(step.inputs(context)); // before it runs: what changes meanwhile is not in it
    if (options.force || !step.isDoneElsewhere?.()) {
      progress.start(`[${index + 1}/${steps.length}]`, step.title);
      stamps.remove(step.name);
      await step.run({ ...context, found, what: step.title, run: runner(step, lock), say: progress.say });
      progress.done();
      ran.push(step.name);
    }
    stamps.write(step.name, inputs, step.facts?.(context));
  }
  rmSync(paths.temporary, { recursive: true, force: true });
  return ran;
}

/** Temporary files stay inside the project: /tmp may be small, and what a killed step left is found here. */
function runner(step, lock) {
  const log = join(paths.logs, `${step.name}.log`);
  return ({ env = {}, ...rest }) => runCommand({ ...rest, env: { TMPDIR: paths.temporary, ...env }, log, lock });
}

/** Checks all that the steps need before the first begins, so that everything missing is named at once. */
function requireMachine(steps) {
  const names = [...new Set(['node', ...steps.flatMap((step) => step.requires)])];
  const results = new Map(names.map((name) => [name, checks[name]()]));
  const missing = [...results.values()].filter(({ ok }) => !ok);
  if (missing.length > 0) throw new SetupError(describeMissing(missing));
  return (name) => results.get(name);
}

function requireDisk(steps, context) {
  const needed = steps.reduce((sum, step) => sum + step.diskBytes(context), 0);
  const { bavail, bsize } = statfsSync(paths.runtime);
  const free = bavail * bsize;
  if (free >= needed) return;
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new SetupError('There is not enough disk space for the set-up', {
    reason: `${gigabytes(needed)} needed while it runs, ${gigabytes(free)} free at ${paths.runtime}`,
    next: 'free some space, then start again',
  });
}

/** Ctrl-C ends the running command too, and leaves no lock. */
function endOnSignals(lock, progress) {
  const numbers = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  const handlers = Object.entries(numbers).map(([signal, code]) => {
    const handler = async () => {
      await stopCurrentCommand();
      progress.stop();
      progress.say('Interrupted. What is finished stays; the next start goes on from there.');
      lock.release();
      process.exit(code);
    };
    process.once(signal, handler);
    return [signal, handler];
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/** A system error (full disk, no permission) while writing our own files reads like one of a command's. */
function asSetupError(error) {
  if (error instanceof SetupError) return error;
  const cause = error.code ? knownCause(`${error.code} ${error.message}`) : null;
  if (!cause) return error;
  return new SetupError('The set-up cannot go on', { ...cause, output: error.message });
}
