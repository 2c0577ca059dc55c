/** Python and the emulators, by running each for a few steps in the interpreter that would serve them. */
import { agentCommand, type PythonCommand, pythonCommand } from '../core/project-paths.js';
import type { Finding } from './finding.js';
import { lastJson, runProbe } from './run-probe.js';

/** What `python -m agent_envs.probe` prints. */
export interface EmulatorAnswer {
  readonly python: string;
  readonly executable: string;
  /** Version by package; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>;
  readonly emulators: readonly EmulatorTrial[];
}

export type EmulatorTrial =
  | { readonly id: string; readonly ok: true; readonly millisecondsPerStep: number }
  | { readonly id: string; readonly ok: false; readonly error: string };

/** Runs the probe and describes its answer. */
export async function inspectEmulators(python: PythonCommand = pythonCommand()): Promise<Finding[]> {
  const answer = await runProbe(python.executable, ['-m', 'agent_envs.probe'], { env: python.env });
  const data = answer.ok ? (lastJson(answer.stdout) as EmulatorAnswer | undefined) : undefined;
  if (data) return describeEmulators(data, python.isCustom);
  return [
    {
      id: 'emulators',
      title: 'Emulators',
      status: 'problem',
      found: answer.ok ? 'an answer that cannot be read' : answer.why,
      meaning: 'no game can be played',
      next: python.isCustom
        ? `AGENT_PYTHON is ${python.executable}: correct it, or unset it to use the project's own Python`
        : `run \`${agentCommand} setup --force\``,
    },
  ];
}

/** The answer as findings; pure. */
export function describeEmulators(answer: EmulatorAnswer, isCustom: boolean): Finding[] {
  const { python, executable, packages, emulators } = answer;
  const missing = Object.keys(packages).filter((name) => packages[name] === null);
  const repair = isCustom
    ? `install it into ${executable}: ${executable} -m pip install ${missing.join(' ') || '--upgrade gymnasium[box2d] ale-py'}`
    : `run \`${agentCommand} setup --force\``;
  const installed = Object.entries(packages).filter(([, version]) => version !== null);
  const environment: Finding = {
    id: 'python-environment',
    title: isCustom ? 'Python of AGENT_PYTHON' : 'Python environment',
    status: missing.length === 0 ? 'ok' : 'problem',
    found:
      missing.length === 0
        ? `Python ${python}: ${installed.map(([name, version]) => `${name} ${version}`).join(', ')}`
        : `Python ${python} without ${missing.join(', ')}`,
    ...(missing.length === 0 ? {} : { meaning: 'the emulators need these packages', next: repair }),
    details: { python, executable, packages },
  };
  return [environment, ...emulators.map((trial) => trialFinding(trial, repair))];
}

function trialFinding(trial: EmulatorTrial, repair: string): Finding {
  const base = { id: `emulator:${trial.id}`, title: trial.id };
  if (!trial.ok) {
    const meaning = 'games of this emulator cannot be played';
    return { ...base, status: 'problem', found: trial.error, meaning, next: repair };
  }
  const { millisecondsPerStep } = trial;
  const found = `works, ${millisecondsPerStep.toFixed(2)} ms a step`;
  return { ...base, status: 'ok', found, details: { millisecondsPerStep } };
}
