/**
 * Runs `python -m agent_envs.training` in the environment that has PyTorch: its standard error is passed on line by
 * line, its result is the JSON on its standard output. A cancelled training is asked to stop, and writes its checkpoint.
 */
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { AgentError, type JsonObject } from '../core/index.js';
import { type PythonCommand, trainingPythonCommand } from '../core/project-paths.js';

export interface TrainingOptions {
  /** SIGINT for the training: it finishes the decision at hand and writes its state. */
  readonly signal?: AbortSignal;
  /** Each line of narration. */
  readonly onLine: (line: string) => void;
}

/** What a training command ended with; `wasStopped` where the signal ended it. */
export interface TrainingResult {
  readonly result: JsonObject;
  readonly wasStopped: boolean;
}

/** The packages of the extra `train` that are looked for before anything is started. */
const PACKAGES = ['torch', 'stable_baselines3', 'sb3_contrib', 'safetensors', 'tensorboard', 'gymnasium'];
const LOOK_FOR_PACKAGES = `import importlib.util, sys
print(' '.join(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))`;
/** argparse's exit code for words that it does not understand. */
const WRONG_USAGE = 2;
const REASON = /^(.*: )?error: /;

/**
 * Runs one command of `agent_envs.training` to its end.
 * @throws AgentError `setup` without an environment for training, `usage` for arguments that Python refuses, `training`
 *   with the reason where it failed, `cancelled` where it was ended before it had begun.
 */
export async function runTraining(
  args: readonly string[],
  { signal, onLine }: TrainingOptions,
): Promise<TrainingResult> {
  const python = trainingPythonCommand();
  await requirePackages(python);
  const child = execa(python.executable, ['-m', 'agent_envs.training', ...args], {
    // A group of its own: a terminal's Ctrl-C reaches this process alone, which passes it on once.
    detached: true,
    cleanup: false,
    env: { ...python.env },
    stdin: 'ignore',
    buffer: { stderr: false },
    reject: false,
  });
  const stop = (): void => void child.kill('SIGINT');
  const endGroup = (): void => killGroup(child.pid);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  process.on('exit', endGroup);
  try {
    let last = '';
    for await (const line of child.iterable({ from: 'stderr' })) {
      // The reason of a failure comes with the error that follows, not twice.
      if (!REASON.test(line)) onLine(line);
      if (line.trim() !== '') last = line;
    }
    const { exitCode, stdout, signal: endedBy } = await child;
    if (exitCode === 0) return { result: JSON.parse(stdout) as JsonObject, wasStopped: signal?.aborted === true };
    if (signal?.aborted) throw new AgentError('cancelled', 'the training was stopped before it had begun');
    const how = endedBy === undefined ? `exit code ${exitCode}` : `killed by ${endedBy}`;
    throw new AgentError(exitCode === WRONG_USAGE ? 'usage' : 'training', `${args[0]} failed`, {
      got: last.replace(REASON, '') || how,
      where: `python -m agent_envs.training ${args.join(' ')} (${how})`,
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    process.off('exit', endGroup);
  }
}

async function requirePackages({ executable, env, isCustom }: PythonCommand): Promise<void> {
  const found = isCustom || existsSync(executable);
  const { exitCode, stdout } = found
    ? await execa(executable, ['-c', LOOK_FOR_PACKAGES, ...PACKAGES], { env: { ...env }, reject: false })
    : { exitCode: undefined, stdout: '' };
  if (exitCode === 0 && stdout.trim() === '') return;
  throw new AgentError('setup', 'training an expert needs an environment with PyTorch', {
    expected: 'Stable-Baselines3 and PyTorch, the extra `train` of envs/python',
    got: exitCode === 0 ? `without ${stdout.trim().split(' ').join(', ')}` : 'no such environment',
    where: executable,
    next: 'run `./agent setup --train` (6 GB), or name a Python that has them in AGENT_TRAIN_PYTHON',
  });
}

/** The training and the processes that host its games; nothing where they have ended. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // ended already
  }
}
