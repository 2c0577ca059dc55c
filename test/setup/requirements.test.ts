import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCompiler, checkNode, checkNpm, checkPython, describeMissing } from '../../scripts/lib/requirements.mjs';
import { compareVersions, isWithin, parseVersion } from '../../scripts/lib/versions.mjs';

type Answer = { found: boolean; ok: boolean; text: string };
const absent: Answer = { found: false, ok: false, text: '' };

/** A machine on which only the programs named exist; each answers a list of arguments by a part of them. */
function machine(programs: Record<string, Record<string, Answer | string>>) {
  return (command: string, args: string[]): Answer => {
    const answers = programs[command];
    if (!answers) return absent;
    const asked = args.join(' ');
    const key = Object.keys(answers).find((part) => asked.includes(part));
    const answer = key === undefined ? { found: true, ok: false, text: '' } : answers[key]!;
    return typeof answer === 'string' ? { found: true, ok: true, text: answer } : answer;
  };
}

describe('versions', () => {
  it('compares part by part, as numbers', () => {
    expect(compareVersions('20.19.0', '20.9.1')).toBeGreaterThan(0);
    expect(compareVersions('v3.10', '3.10.0')).toBe(0);
    expect(compareVersions('3.9.18', '3.10')).toBeLessThan(0);
    expect(parseVersion('g++ (Debian 12.2.0-14) 12.2.0')).toEqual([12, 2, 0]);
    expect(parseVersion('none')).toBeNull();
  });

  it('knows a half-open range', () => {
    expect(isWithin('3.10.0', '3.10', '3.14')).toBe(true);
    expect(isWithin('3.13.9', '3.10', '3.14')).toBe(true);
    expect(isWithin('3.14.0', '3.10', '3.14')).toBe(false);
  });
});

describe('checkNode', () => {
  it.each([
    ['20.19.0', true],
    ['22.1.0', true],
    ['24.21.0', true],
    ['20.18.3', false],
    ['18.20.0', false],
  ])('judges %s: %s', (version, ok) => {
    expect(checkNode(version).ok).toBe(ok);
  });
});

describe('checkNpm', () => {
  it('names the package where npm is missing', () => {
    const result = checkNpm(machine({}));
    expect(result.ok).toBe(false);
    expect(describeMissing([result])).toContain('apt install npm');
    expect(checkNpm(machine({ npm: { '--version': '10.8.2' } })).ok).toBe(true);
  });
});

describe('checkPython', () => {
  it('takes the first that fits, and passes over one too old', () => {
    const look = machine({
      python3: { 'platform.python_version': '3.9.18' },
      'python3.12': { 'platform.python_version': '3.12.1', 'import venv': '' },
    });
    expect(checkPython(look)).toMatchObject({ ok: true, command: 'python3.12', found: '3.12.1' });
  });

  it('names python3-venv where Debian has split ensurepip off', () => {
    const look = machine({ python3: { 'platform.python_version': '3.11.2' } });
    const result = checkPython(look);
    expect(result.ok).toBe(false);
    expect(describeMissing([result])).toMatch(/venv.*\n.*apt install python3-venv/);
  });

  it('says which versions it saw where none fits', () => {
    const look = machine({ python3: { 'platform.python_version': '3.14.0', 'import venv': '' } });
    expect(checkPython(look)).toMatchObject({ ok: false, found: 'python3 3.14.0' });
    expect(checkPython(machine({}))).toMatchObject({ ok: false, found: 'not found' });
  });
});

describe('checkCompiler', () => {
  it('takes g++, clang++ or $CXX', () => {
    expect(checkCompiler(machine({ 'clang++': { '--version': 'clang 17' } }), {})).toMatchObject({
      command: 'clang++',
    });
    const both = machine({ 'g++': { '--version': 'g++ 12' }, mine: { '--version': 'mine 1' } });
    expect(checkCompiler(both, { CXX: 'mine' })).toMatchObject({ command: 'mine' });
  });

  it('names the package for each system where there is none', () => {
    const text = describeMissing([checkCompiler(machine({}), {})]);
    expect(text).toContain('apt install g++');
    expect(text).toContain('dnf install gcc-c++');
    expect(text).toContain('xcode-select --install');
  });
});

describe('what training installs', () => {
  it('has OpenCV, which the Atari wrappers of Stable-Baselines3 need and do not ask for', () => {
    const lock = new URL('../../envs/python/requirements-train.lock', import.meta.url);
    expect(readFileSync(lock, 'utf8')).toMatch(/^opencv-python-headless==/m);
  });
});
