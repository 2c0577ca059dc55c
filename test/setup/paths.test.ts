/** The set-up and the program must mean the same folders; each has its own list, for a reason given in both. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths, root } from '../../scripts/lib/paths.mjs';
import { projectPaths, projectRoot, pythonCommand, trainingPythonCommand } from '../../src/core/project-paths.js';

describe('paths', () => {
  it('are the same for the set-up and the program', () => {
    expect(root).toBe(projectRoot);
    const shared = Object.keys(paths).filter((name) => name in projectPaths);
    expect(shared.length).toBeGreaterThanOrEqual(6);
    const program: Record<string, string> = projectPaths;
    const setUp: Record<string, string> = paths;
    for (const name of shared) expect(setUp[name], name).toBe(program[name]);
    expect(pythonCommand({}).executable).toBe(paths.pythonExecutable);
  });

  it('lie in the project', () => {
    expect(existsSync(join(projectRoot, 'package.json'))).toBe(true);
  });
});

describe('trainingPythonCommand', () => {
  it('is an environment of its own, or the one that AGENT_TRAIN_PYTHON names', () => {
    expect(trainingPythonCommand({ AGENT_PYTHON: 'python3.12' }).executable).toBe(paths.trainingExecutable);
    const custom = trainingPythonCommand({ AGENT_TRAIN_PYTHON: projectPaths.python });
    expect(custom).toMatchObject({ executable: paths.pythonExecutable, isCustom: true });
    expect(custom.env.PYTHONPATH).toBe(projectPaths.pythonPackage);
  });
});

describe('pythonCommand', () => {
  it("is the project's own, with the emulators' package importable", () => {
    const { executable, env, isCustom } = pythonCommand({});
    expect(executable).toBe(join(projectPaths.python, 'bin', 'python'));
    expect(env.PYTHONPATH).toBe(projectPaths.pythonPackage);
    expect(env.PYTHONSAFEPATH).toBe('1');
    expect(isCustom).toBe(false);
  });

  it("takes the user's interpreter from AGENT_PYTHON, and keeps the user's PYTHONPATH", () => {
    const { executable, env, isCustom } = pythonCommand({ AGENT_PYTHON: 'python3.12', PYTHONPATH: '/mine' });
    expect(executable).toBe('python3.12');
    expect(env.PYTHONPATH).toBe(`${projectPaths.pythonPackage}:/mine`);
    expect(isCustom).toBe(true);
  });

  it('takes a folder in AGENT_PYTHON for a virtual environment', () => {
    expect(existsSync(projectPaths.python)).toBe(true);
    expect(pythonCommand({ AGENT_PYTHON: projectPaths.python }).executable).toBe(paths.pythonExecutable);
  });
});
