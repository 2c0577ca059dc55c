/** The Python environment of the emulators, from hash-locked wheels; and, for `npm test` and benchmarks, the tools. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../paths.mjs';
import { contentOf } from '../stamps.mjs';

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

async function installLocked(name, { run, what }) {
  const locked = ['--require-hashes', '--no-deps', '--only-binary=:all:', '-r', lockOf(name)];
  const args = ['-m', 'pip', 'install', ...pipOptions, ...locked];
  await run({ command: paths.pythonExecutable, args, env: pipEnvironment, what });
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
