/**
 * The README's tour: each line as it is written. It is taken in a folder that stands for a fresh clone: everything is a
 * link to the repository but runs/, which is new and empty.
 */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPaths, projectRoot } from '../../src/core/project-paths.js';
import { AGENT } from './agent-command.js';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const block = /## A tour\n+```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
const lines = block.split('\n').filter((line) => line.startsWith('./agent '));

/** What some lines must say, beside that they succeed. */
const SAYS: readonly (readonly [part: string, says: RegExp])[] = [
  ['games spaceinvaders', /The prompt a model is given/],
  ['--record', /episode\.mp4/],
  ['sights', /acts as taught/],
  ['replay runs/tour/drive  ', /verified/],
  ['ask --image', /^brown$/m],
  ['--raw', /^\[1[4-7]\d,[2-6]\d,[2-6]\d\]$/m],
  ['pixels', /pae-lamm-mini +scenes/],
  ['| grep score', /"score": -?\d/],
];

let clone: string;
beforeAll(async () => {
  // The build that is copied is that of the sources as they are.
  await execa(AGENT, ['setup']);
  clone = await mkdtemp(join(tmpdir(), 'tour-'));
  // Program and packages lie where Node.js finds the one from the other; what was built and set up is not copied.
  for (const name of ['agent', 'package.json', 'scripts', 'dist', 'configs', 'examples']) {
    await cp(join(projectRoot, name), join(clone, name), { recursive: true, preserveTimestamps: true });
  }
  for (const name of readdirSync(projectRoot).filter((name) =>
    ['src', 'web', 'node_modules', 'models', 'envs'].includes(name),
  ))
    symlinkSync(join(projectRoot, name), join(clone, name));
  for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'])
    symlinkSync(join(projectRoot, name), join(clone, name));
  symlinkSync(join(projectRoot, 'vendor'), join(clone, 'vendor'));
  await mkdir(join(clone, 'runs'));
});
afterAll(() => rm(clone, { recursive: true, force: true }));

describe("the README's tour", () => {
  it('is there', () => {
    expect(lines.length).toBeGreaterThan(12);
  });

  it.each(lines)('%s', { timeout: 120_000 }, async (line) => {
    const env = { AGENT_RUNTIME: projectPaths.runtime, NO_COLOR: '1' };
    const { exitCode, stdout, all } = await execa('bash', ['-o', 'pipefail', '-c', line], {
      cwd: clone,
      env,
      reject: false,
      all: true,
      stdin: 'ignore',
    });
    expect(exitCode, all).toBe(0);
    for (const [part, says] of SAYS) if (line.includes(part)) expect(stdout).toMatch(says);
  });

  it('writes nothing but runs', () => {
    expect(readdirSync(join(clone, 'runs', 'tour')).sort()).toEqual(
      ['compare', 'demonstrations', 'drive', 'drive.mp4', 'eval', 'invaders', 'photo.png', 'report', 'site'].sort(),
    );
  });
});
