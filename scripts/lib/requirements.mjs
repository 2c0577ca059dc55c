/**
 * What the set-up needs of the machine, and for each missing part the package that brings it. Looking is separate
 * from judging: `probe` runs a program, the checks read only its answer.
 */
import { spawnSync } from 'node:child_process';
import { isWithin } from './versions.mjs';

export const oldestNode = '20.19.0';
export const oldestPython = '3.10';
/** Box2D has no wheels from here on. */
export const pythonBelow = '3.14';

const pythonNames = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const compilerNames = ['g++', 'c++', 'clang++'];

/** Runs a program for its answer: `{ found, ok, text }`. A program that is not there is `found: false`. */
export function probe(command, args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return { found: error?.code !== 'ENOENT', ok: status === 0, text: `${stdout ?? ''}${stderr ?? ''}`.trim() };
}

/**
 * @typedef {{ name: string, ok: boolean, found: string, command?: string, why?: string, install?: object }} Requirement
 */

/** @returns {Requirement} */
export function checkNode(version = process.versions.node) {
  const ok = isWithin(version, oldestNode);
  return {
    name: `Node.js ${oldestNode} or newer`,
    ok,
    found: version,
    command: process.execPath,
    why: 'it runs the program',
    install: { apt: 'nodejs (older releases: from nodejs.org)', dnf: 'nodejs', brew: 'node' },
  };
}

/** @returns {Requirement} */
export function checkNpm(look = probe) {
  const { found, ok, text } = look('npm', ['--version']);
  return {
    name: 'npm',
    ok: found && ok,
    found: found ? text : 'not found',
    command: 'npm',
    why: 'it installs the JavaScript packages',
    install: { apt: 'npm', dnf: 'nodejs-npm', brew: 'node' },
  };
}

/**
 * The first interpreter in PATH of a version that works, with venv and ensurepip.
 * @returns {Requirement} `found` names what was seen where none fits
 */
export function checkPython(look = probe) {
  const seen = [];
  let withoutVenv = null;
  for (const command of pythonNames) {
    const version = look(command, ['-c', 'import platform; print(platform.python_version())']);
    if (!version.found || !version.ok) continue;
    if (!isWithin(version.text, oldestPython, pythonBelow)) {
      seen.push(`${command} ${version.text}`);
    } else if (look(command, ['-c', 'import venv, ensurepip']).ok) {
      return { name: 'Python', ok: true, found: version.text, command };
    } else {
      withoutVenv ??= `${command} ${version.text} without venv or ensurepip`;
    }
  }
  if (withoutVenv) {
    return {
      name: 'venv, a part of Python',
      ok: false,
      found: withoutVenv,
      why: 'the emulators get an environment of their own',
      install: { apt: 'python3-venv', dnf: 'python3-libs', brew: 'python@3.13' },
    };
  }
  return {
    name: `Python ${oldestPython} to 3.13`,
    ok: false,
    found: seen.join(', ') || 'not found',
    why: 'it runs the emulators',
    install: { apt: 'python3 python3-venv', dnf: 'python3.12', brew: 'python@3.13' },
  };
}

/** @returns {Requirement} */
export function checkCompiler(look = probe, env = process.env) {
  for (const command of [env.CXX, ...compilerNames].filter(Boolean)) {
    const { found, ok, text } = look(command, ['--version']);
    if (found && ok) return { name: 'C++ compiler', ok: true, found: text.split('\n')[0], command };
  }
  return {
    name: 'a C++17 compiler',
    ok: false,
    found: 'not found',
    why: 'it builds the small library between Node.js and TensorFlow',
    install: { apt: 'g++', dnf: 'gcc-c++', brew: 'gcc (or: xcode-select --install)' },
  };
}

export const checks = { node: checkNode, npm: checkNpm, python: checkPython, compiler: checkCompiler };

/** The lines that name what is missing and what brings it. */
export function describeMissing(missing) {
  const lines = ['This machine lacks what the set-up needs:'];
  for (const { name, found, why, install } of missing) {
    lines.push(`  ${name} (${why}); found: ${found}`);
    for (const [tool, name] of Object.entries(install)) lines.push(`    ${installCommand(tool)} ${name}`);
  }
  return lines.join('\n');
}

function installCommand(tool) {
  return {
    apt: 'Debian, Ubuntu:  apt install',
    dnf: 'Fedora, RHEL:    dnf install',
    brew: 'macOS:           brew install',
  }[tool];
}
