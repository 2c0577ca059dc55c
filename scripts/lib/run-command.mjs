/**
 * Runs one command of a step: output to a log, progress while it runs, and a SetupError that names the cause.
 *
 * The command becomes its own process group and starts only after the lock has named it: whoever finds this process
 * dead can then end the command for certain.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, relative } from 'node:path';
import { isRepository, root } from './paths.mjs';
import { identify, killGroup } from './process-identity.mjs';
import { knownCause, SetupError } from './setup-error.mjs';

const keptCharacters = 40_000;
const gate = 'read -r go && exec "$@" </dev/null';

/** The command that runs now, for signal handlers. */
let current = null;
let stopping = false;

/** Ends the running command, if there is one, with everything it started. It then neither succeeds nor fails. */
export async function stopCurrentCommand() {
  stopping = true;
  if (current) await killGroup(current);
}

/**
 * @param {{ command: string, args: string[], cwd?: string, env?: object, log: string, lock: object, what: string }} o
 * @returns {Promise<string>} the command's output, both streams, its last 40,000 characters
 */
export async function runCommand({ command, args, cwd = root, env = {}, log, lock, what }) {
  startLog(log, [command, ...args].join(' '));
  const child = spawn('/bin/sh', ['-c', gate, 'sh', command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-keptCharacters);
    addToLog(log, chunk);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
  let code;
  try {
    lock.setChild(child.pid);
    current = identify(child.pid);
    child.stdin.on('error', () => {}); // the command ended before it was let through
    child.stdin.end('go\n');
    code = await ended;
  } finally {
    current = null;
  }
  if (stopping) await new Promise(() => {}); // the process is about to exit
  lock.setChild(null);
  if (code !== 0) throw failure(what, code, output, log);
  return output;
}

function failure(what, code, output, log) {
  const cause = knownCause(output);
  const place = isRepository ? relative(root, log) : log;
  if (cause) return new SetupError(`${what} failed`, { ...cause, log: place });
  const tail = output.trim().split('\n').slice(-12).join('\n');
  return new SetupError(`${what} failed (exit code ${code})`, { log: place, output: tail });
}

function startLog(path, line) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `$ ${line}\n`);
  } catch {
    // A full disk must not hide the command's own message.
  }
}

function addToLog(path, text) {
  try {
    appendFileSync(path, text);
  } catch {
    // As above; the end of the output is kept in memory.
  }
}
