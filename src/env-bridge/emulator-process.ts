/**
 * One Python process that hosts emulators: started with a private socket, watched, and ended politely at first. It
 * keeps no orphan: the server ends when its standard input closes, which happens however this process ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../core/index.js';
import { keepPriority } from '../core/keep-priority.js';
import { agentCommand, pythonCommand } from '../core/project-paths.js';
import { Lane } from './lane.js';
import { createRuntimeFolder, type RuntimeFolder } from './runtime-folder.js';
import { SharedMemory } from './shared-memory.js';
import { TextTail } from './text-tail.js';

/** The pipe tells whether this process lives; it may be silent for as long as it computes. */
const SESSION_TIMEOUT_S = '86400';
/** From each way of asking the process to end to the next, sterner one. */
const STOP_PATIENCE_MS = 2_500;
/** How long to wait for the rest of a dead process's standard error; a grandchild might hold it open for ever. */
const DRAIN_MS = 200;

/** File descriptors of the process: one end of a stream socket, and the file of the shared memory. */
const LANE_SOCKET = 3;
const LANE_OPTIONS = ['--lane-socket', String(LANE_SOCKET), '--lane-memory', String(LANE_SOCKET + 1)];

export interface StartOptions {
  /** Whether to give the process a lane, where the machine has what it takes. Default true. */
  readonly lane?: boolean | undefined;
  /** Milliseconds until it must listen. */
  readonly startTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export class EmulatorProcess {
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves, never rejects, when the process has ended: how, and the end of its standard error. */
  readonly ended: Promise<AgentError>;
  /** The process's end of it still has to be attached to a session; undefined where there can be none. */
  readonly lane: Lane | undefined;
  readonly #child: ChildProcess;
  readonly #folder: RuntimeFolder;

  private constructor(child: ChildProcess, lane: Lane | undefined, folder: RuntimeFolder, ended: Promise<AgentError>) {
    this.#child = child;
    this.lane = lane;
    this.#folder = folder;
    this.ended = ended;
    this.pid = child.pid ?? 0;
    this.endpoint = `ipc://${folder.socketPath}`;
  }

  /**
   * Starts a process and waits until it listens. Rejects with `setup` where Python or its packages are missing,
   * `emulator_died`, `emulator_timeout`, `cancelled`; then nothing of it is left.
   */
  static async start({ lane: wantsLane = true, startTimeoutMs, signal }: StartOptions): Promise<EmulatorProcess> {
    signal?.throwIfAborted();
    const python = pythonCommand();
    const folder = await createRuntimeFolder();
    const memory = wantsLane ? SharedMemory.create() : undefined;
    const server = ['-m', 'agent_envs.server', '--listen', `ipc://${folder.socketPath}`];
    const supervision = ['--parent', '--session-timeout', SESSION_TIMEOUT_S];
    const child = spawn(python.executable, [...server, ...supervision, ...(memory === undefined ? [] : LANE_OPTIONS)], {
      stdio: ['pipe', 'pipe', 'pipe', ...(memory === undefined ? [] : (['pipe', memory.descriptor] as const))],
      env: { ...process.env, ...python.env, PYTHONFAULTHANDLER: '1' },
      // A process group of its own: Ctrl-C in a terminal is for this process, which then ends the emulators.
      detached: true,
    });
    keepPriority(child.pid);
    child.stdin?.on('error', () => {}); // a dead process's pipe; its end is reported by `ended`
    const socket = child.stdio[LANE_SOCKET];
    const lane = memory === undefined ? undefined : new Lane(socket as Duplex, memory);
    const started = new EmulatorProcess(child, lane, folder, watchEnd(child, python.executable));
    try {
      await started.#waitUntilReady(startTimeoutMs, signal);
      return started;
    } catch (error) {
      await started.kill();
      throw error;
    }
  }

  async #waitUntilReady(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = new AbortController();
    const cancelled = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    const patience = sleep(timeoutMs, 'late' as const, { signal: cancelled }).catch(() => 'cancelled' as const);
    try {
      const outcome = await Promise.race([firstLine(this.#child), this.ended, patience]);
      if (outcome instanceof AgentError) throw outcome;
      if (outcome === 'cancelled') {
        throw new AgentError('cancelled', 'starting an emulator process was cancelled', { cause: signal?.reason });
      }
      if (outcome === 'late') {
        throw new AgentError('emulator_timeout', 'an emulator process did not become ready', {
          expected: `a line on its standard output within ${timeoutMs / 1000} s`,
          where: `process ${this.pid}`,
          next: 'it was stopped, or the machine is very busy: see what else runs on it, then try again',
        });
      }
    } finally {
      stop.abort();
    }
    this.#child.stdout?.resume(); // whatever an environment prints must not fill the pipe and stop it
  }

  /** Ends the process: closes its input, then SIGTERM, then SIGKILL, and removes its folder. Never rejects. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    if (!(await this.#endsWithin(STOP_PATIENCE_MS))) {
      this.#child.kill('SIGTERM');
      if (!(await this.#endsWithin(STOP_PATIENCE_MS))) this.#child.kill('SIGKILL');
    }
    await this.#cleanUp();
  }

  /** Ends the process at once. Never rejects. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#cleanUp();
  }

  async #endsWithin(milliseconds: number): Promise<boolean> {
    const stop = new AbortController();
    const patience = sleep(milliseconds, false, { signal: stop.signal }).catch(() => false);
    const isEnded = await Promise.race([this.ended.then(() => true), patience]);
    stop.abort();
    return isEnded;
  }

  async #cleanUp(): Promise<void> {
    await this.ended;
    this.lane?.close();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream?.destroy();
    await this.#folder.remove();
  }
}

/** The server's first line on standard output, which says that it listens; whatever comes in with it is dropped. */
function firstLine(child: ChildProcess): Promise<'ready'> {
  return new Promise((resolve) => {
    const onData = (chunk: Buffer) => {
      if (!chunk.includes('\n')) return;
      child.stdout?.off('data', onData);
      resolve('ready');
    };
    child.stdout?.on('data', onData);
  });
}

function watchEnd(child: ChildProcess, executable: string): Promise<AgentError> {
  const tail = new TextTail();
  child.stderr?.on('data', (chunk: Buffer) => tail.append(chunk));
  return new Promise((resolve) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      // Also emitted when a signal cannot be sent; only a process that never began has no id.
      if (child.pid !== undefined) return;
      const got = cause.code === 'ENOENT' ? 'no such file' : cause.message;
      resolve(
        new AgentError('setup', 'the Python interpreter for the emulators cannot be started', {
          expected: executable,
          got,
          next: `run \`${agentCommand} setup\`, or set AGENT_PYTHON to a Python with the packages of envs/python`,
          cause,
        }),
      );
    });
    child.once('exit', (status, signal) => {
      const report = () => {
        clearTimeout(timer);
        child.off('close', report);
        resolve(describeEnd(child, status, signal, tail.toString()));
      };
      const timer = setTimeout(report, DRAIN_MS);
      child.once('close', report);
    });
  });
}

function describeEnd(child: ChildProcess, status: number | null, signal: string | null, stderr: string): AgentError {
  const missing = /ModuleNotFoundError: (.*)/.exec(stderr)?.[1];
  if (missing !== undefined) {
    return new AgentError('setup', 'the Python environment of the emulators lacks a package', {
      got: missing,
      where: child.spawnfile,
      next: `run \`${agentCommand} setup\`, or install the requirements of envs/python into that environment`,
    });
  }
  const end = signal === null ? `ended with exit status ${status}` : `was killed by ${signal}`;
  return new AgentError('emulator_died', `an emulator process ${end}`, {
    ...(stderr === '' ? {} : { got: `on its standard error:\n${stderr}` }),
    where: `process ${child.pid}`,
  });
}
