/** The Python environments, from hash-locked wheels: the emulators', with the tools of `npm test`; and training's. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../paths.mjs';
import { SetupError } from '../setup-error.mjs';
import { contentOf } from '../stamps.mjs';
import { isWithin } from '../versions.mjs';

export const pipOptions = [
  '--no-input',
  '--disable-pip-version-check',
  '--no-color',
  '--progress-bar=off',
  '--retries=2',
];
/** Settings of the user's pip that contradict an environment of our own. */
export const pipEnvironment = { PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_TARGET: '', PIP_NO_INPUT: '1' };

const lockOf = (name) => join(paths.pythonPackage, name);

async function installLocked(name, { run, what }, executable = paths.pythonExecutable) {
  const locked = ['--require-hashes', '--no-deps', '--only-binary=:all:', '-r', lockOf(name)];
  const args = ['-m', 'pip', 'install', ...pipOptions, ...locked];
  await run({ command: executable, args, env: pipEnvironment, what });
}

export const pythonStep = {
  name: 'python',
  title: 'Python environment of the emulators',
  requires: ['python'],
  diskBytes: () => 600e6,
  applies: () => true,
  inputs: () => ({ lock: contentOf(lockOf('requirements.lock')) }),
  /** The interpreter is a link to the machine's: gone when that Python was removed. */
  isPresent: () => existsSync(paths.pythonExecutable),
  async run(context) {
    const { run, found, what } = context;
    rmSync(paths.python, { recursive: true, force: true });
    await run({ command: found('python').command, args: ['-m', 'venv', paths.python], what });
    await installLocked('requirements.lock', context);
  },
};

export const pythonTestStep = {
  name: 'python-test',
  title: 'Python development tools',
  requires: [],
  diskBytes: () => 300e6,
  applies: ({ forTests }) => forTests,
  inputs: () => ({ lock: contentOf(lockOf('requirements-dev.lock')), base: contentOf(lockOf('requirements.lock')) }),
  isPresent: () => existsSync(join(paths.python, 'bin', 'pytest')),
  async run(context) {
    await installLocked('requirements-dev.lock', context);
  },
};

/** What the lock holds without its hashes: with hashes pip would ask for one of every other package too. */
function writeConstraints() {
  const lines = contentOf(lockOf('requirements.lock')).match(/^[A-Za-z0-9].*?(?= \\$)/gm) ?? [];
  const file = join(paths.temporary, 'constraints.txt');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Packages that a person added; the lock's versions stay as they are. */
export const pythonExtraStep = {
  name: 'python-extra',
  title: 'Packages added to the Python of the emulators',
  requires: [],
  diskBytes: () => 300e6,
  applies: ({ extraPackages }) => extraPackages.length > 0,
  /** The environment's own stamp: one that was made anew has lost them. */
  inputs: ({ extraPackages }) => ({
    packages: extraPackages.join('\n'),
    environment: contentOf(join(paths.stamps, 'python.json')),
  }),
  isPresent: () => existsSync(paths.pythonExecutable),
  async run({ run, what, extraPackages }) {
    const args = ['-m', 'pip', 'install', ...pipOptions, '-c', writeConstraints(), '--', ...extraPackages];
    try {
      await run({ command: paths.pythonExecutable, args, env: pipEnvironment, what });
    } catch (error) {
      if (!(error instanceof SetupError) || error.details.kind !== 'release') throw error;
      throw new SetupError(error.message, {
        ...error.details,
        reason: `there is no such package, or none for this Python: ${extraPackages.join(', ')}`,
        next: 'check its name and version on pypi.org',
      });
    }
  },
};

/** PyTorch has no wheels for older ones. */
const oldestTrainingPython = '3.11';

/** Apart from the emulators' environment: that one is made anew with every change of its lock, this one is 6 GB. */
export const trainingStep = {
  name: 'training',
  title: 'Python environment for training experts',
  requires: ['python'],
  diskBytes: () => 10e9,
  applies: ({ forTraining }) => forTraining,
  inputs: () => ({ lock: contentOf(lockOf('requirements-train.lock')) }),
  isPresent: () => existsSync(paths.trainingExecutable),
  async run(context) {
    const { run, found, what } = context;
    const python = found('python');
    if (!isWithin(python.found, oldestTrainingPython)) {
      throw new SetupError('Training needs a newer Python', {
        reason: `PyTorch runs on ${oldestTrainingPython} or newer, ${python.command} is ${python.found}`,
        next: `put a Python from ${oldestTrainingPython} to 3.13 first in PATH, or name one with PyTorch in AGENT_TRAIN_PYTHON`,
      });
    }
    rmSync(paths.training, { recursive: true, force: true });
    await run({ command: python.command, args: ['-m', 'venv', paths.training], what });
    await installLocked('requirements-train.lock', context, paths.trainingExecutable);
  },
};
