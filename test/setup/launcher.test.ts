/** The launcher as a person meets it: through a link, and on machines where something is missing. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

let folder: string;
let bin: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launch-'));
  bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const tool of ['dirname', 'readlink', 'cat']) {
    const { stdout } = execaSync('sh', ['-c', `command -v ${tool}`]);
    symlinkSync(stdout, join(bin, tool));
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const launcher = join(projectRoot, 'agent');

function launch(file: string, args: string[], env: Record<string, string> = {}) {
  return execaSync('/bin/sh', [file, ...args], {
    env: { PATH: bin, HOME: folder, ...env },
    extendEnv: false,
    reject: false,
  });
}

describe('agent', () => {
  it('names Node.js and its packages where there is none', () => {
    const { exitCode, stderr, stdout } = launch(launcher, ['--help']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Node.js 20.19 or newer');
    expect(stderr).toContain('apt install nodejs npm');
    expect(stderr).toContain('brew install node');
    expect(stdout).toBe('');
  });

  it('finds its folder through links, from anywhere', () => {
    symlinkSync(process.execPath, join(bin, 'node'));
    symlinkSync(launcher, join(folder, 'one'));
    symlinkSync('one', join(folder, 'two'));
    const { exitCode, stdout } = launch(join(folder, 'two'), ['setup', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: ./agent setup');
  });

  it('names everything that a fresh machine lacks, at once, and changes nothing', () => {
    symlinkSync(process.execPath, join(bin, 'node'));
    const fresh = join(folder, 'fresh copy');
    for (const part of ['scripts', 'src', 'envs/python']) mkdirSync(join(fresh, part), { recursive: true });
    for (const part of ['agent', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
      execaSync('cp', [join(projectRoot, part), fresh]);
    }
    execaSync('cp', ['-R', join(projectRoot, 'scripts'), fresh]);
    writeFileSync(join(fresh, 'src', 'a.ts'), '');
    const { exitCode, stderr } = launch(join(fresh, 'agent'), ['play']);
    expect(exitCode).toBe(1);
    for (const name of ['npm', 'Python 3.10', 'C++17 compiler', 'apt install g++', 'apt install python3']) {
      expect(stderr).toContain(name);
    }
    expect(stderr).not.toMatch(/\bat .*\.mjs:/);
  });

  it('says how to use `setup` where its flags contradict each other', () => {
    symlinkSync(process.execPath, join(bin, 'node'));
    const { exitCode, stderr } = launch(launcher, ['setup', '--cpu', '--gpu']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('exclude each other');
  });
});
