/** A process of `agent_data` (envs/python): lines of JSON and blocks of bytes to and from it. */
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { AgentError, howItEnded } from '../../core/index.js';
import { agentCommand, pythonCommand } from '../../core/project-paths.js';

const MISSING = /ModuleNotFoundError: No module named '(\w+)'/;
/** The versions that the tests read with; any newer one will do. */
const PACKAGES: Readonly<Record<string, string>> = { h5py: 'h5py==3.16.0', pyarrow: 'pyarrow==26.0.1' };

/** Bytes of a stream, as many as are asked for at a time. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Undefined where the stream ends before. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts = [this.#pending];
    let have = this.#pending.length;
    while (have < length) {
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      parts.push(value);
      have += value.length;
    }
    const all = parts.length === 1 ? this.#pending : Buffer.concat(parts);
    this.#pending = all.subarray(length);
    return all.subarray(0, length);
  }

  /** A line without its end; undefined at the end of the stream. */
  async line(): Promise<string | undefined> {
    for (let _length = 256; ; _length *= 2) {
      const end = this.#pending.indexOf(0x0a);
      if (end >= 0) return (await this.take(end + 1))?.toString('utf8', 0, end);
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      this.#pending = Buffer.concat([this.#pending, value]);
    }
  }
}

export interface DataProcess extends AsyncDisposable {
  readonly output: ByteReader;
  /** Resolves when the process took the bytes. */
  send(bytes: Uint8Array | string): Promise<void>;
  /** Waits for its end; rejects with what it said. */
  finish(): Promise<void>;
}

/**
 * Starts `python -m agent_data`. What it refuses comes as `dataset` from `finish`; `where` is the folder it is about.
 */
export function startDataProcess(args: readonly string[], where: string, signal?: AbortSignal): DataProcess {
  const python = pythonCommand();
  const child = execa(python.executable, ['-m', 'agent_data', ...args], {
    env: { ...python.env },
    buffer: { stdout: false },
    encoding: 'buffer',
    reject: false,
    detached: true, // a terminal's Ctrl-C is ours to handle
    ...(signal ? { cancelSignal: signal } : {}),
  });
  child.stdin.on('error', () => {}); // what became of a write is in its callback
  let failed = false;
  return {
    output: new ByteReader(child.stdout),
    send: async (bytes) => {
      if (failed) return;
      const error = await new Promise((done) => child.stdin.write(bytes, done));
      failed = Boolean(error); // why, is in what `finish` says
    },
    finish: async () => {
      child.stdin.end();
      const { exitCode, signal: endedBy, stderr } = await child;
      if (signal?.aborted) throw new AgentError('cancelled', 'stopped before it was done', { cause: signal.reason });
      if (exitCode !== 0)
        throw refusal(Buffer.from(stderr).toString(), howItEnded({ exitCode, signal: endedBy }), where);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      child.stdout.destroy(); // what nobody reads would keep it from ending
      await child;
    },
  };
}

function refusal(said: string, how: string, where: string): AgentError {
  const words = said.trim().split('\n').at(-1) || how;
  const missing = MISSING.exec(words)?.[1];
  if (missing !== undefined) {
    return new AgentError('setup', "files of Minari's need a Python package", {
      expected: missing,
      got: words,
      next: `${agentCommand} setup --with ${PACKAGES[missing] ?? missing}`,
    });
  }
  const expected = "a folder in Minari's layout, whole and by itself";
  return new AgentError('dataset', 'the data cannot be used', { expected, got: words, where });
}
