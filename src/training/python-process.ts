/**
 * Runs `python -m agent_training.experts` or `.lessons` in the environment that has PyTorch: its standard error is
 * passed on line by line, its result is the JSON on its standard output. A cancelled training is asked to stop, and
 * writes its checkpoint.
 */
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { AgentError, howItEnded, type JsonObject } from '../core/index.js';
import { agentCommand, trainingPythonCommand } from '../core/project-paths.js';

export interface TrainingOptions {
  /** What is run; the training of experts where nothing else is said. */
  readonly module?: TrainingModule;
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

export const EXPERTS = 'agent_training.experts';
export const LESSONS = 'agent_training.lessons';
export type TrainingModule = typeof EXPERTS | typeof LESSONS;

/** The packages of the extra `train` that are looked for before anything is started. */
const PACKAGES: Readonly<Record<TrainingModule, readonly string[]>> = {
  [EXPERTS]: ['torch', 'stable_baselines3', 'sb3_contrib', 'safetensors', 'tensorboard', 'gymnasium'],
  [LESSONS]: ['torch', 'safetensors', 'PIL', 'gymnasium'],
};
const LOOK_FOR_PACKAGES = `import importlib.util, sys
print(' '.join(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))`;
/** argparse's exit code for words that it does not understand. */
const WRONG_USAGE = 2;
const REASON = /^(.*: )?error: /;

/**
 * Runs one command to its end.
 * Rejects with `setup` without an environment for training, `usage` for arguments that Python refuses, `training`
 *   with the reason where it failed, `cancelled` where it was ended before it had begun.
 */
export async function runTraining(
  args: readonly string[],
  { module = EXPERTS, signal, onLine }: TrainingOptions,
): Promise<TrainingResult> {
  const python = trainingPythonCommand();
  await requireTrainingPackages(module);
  const child = execa(python.executable, ['-m', module, ...args], {
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
    const how = howItEnded({ exitCode, signal: endedBy });
    throw new AgentError(
      exitCode === WRONG_USAGE ? 'usage' : 'training',
      `${module === LESSONS ? 'teaching' : args[0]} failed`,
      {
        got: last.replace(REASON, '') || how,
        where: `python -m ${module} ${args.join(' ')} (${how})`,
      },
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    process.off('exit', endGroup);
  }
}

/** Rejects with `setup` without an environment that has what the module needs. */
export async function requireTrainingPackages(module: TrainingModule): Promise<void> {
  const { executable, env, isCustom } = trainingPythonCommand();
  const found = isCustom || existsSync(executable);
  const { exitCode, stdout } = found
    ? await execa(executable, ['-c', LOOK_FOR_PACKAGES, ...PACKAGES[module]], { env: { ...env }, reject: false })
    : { exitCode: undefined, stdout: '' };
  if (exitCode === 0 && stdout.trim() === '') return;
  throw new AgentError('setup', 'this training needs an environment with PyTorch', {
    expected: 'PyTorch and its companions, the extra `train` of envs/python',
    got: exitCode === 0 ? `without ${stdout.trim().split(' ').join(', ')}` : 'no such environment',
    where: executable,
    next: `run \`${agentCommand} setup --train\` (6 GB), or name a Python that has them in AGENT_TRAIN_PYTHON`,
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
