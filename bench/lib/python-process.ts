/** A Python program beside a benchmark: one line of JSON in, one line out. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pythonCommand } from '../../src/core/project-paths.js';

/** How to start a program of this folder, which may import the others beside it. */
export function pythonScript(script: string): { executable: string; path: string; env: NodeJS.ProcessEnv } {
  const { executable, env } = pythonCommand();
  const path = fileURLToPath(new URL(script, import.meta.url));
  return { executable, path, env: { ...process.env, ...env, PYTHONSAFEPATH: '' } };
}

export class PythonProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  /** `script` lies in this folder. */
  constructor(script: string, args: readonly string[] = []) {
    const { executable, path, env } = pythonScript(script);
    this.#child = spawn(executable, [path, ...args], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
  }

  send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** The next line. Rejects when the program ends instead. */
  async receive(): Promise<string> {
    const end = new AbortController();
    const { signal } = end;
    const line = once(this.#lines, 'line', { signal }).then(([text]) => text as string);
    const exit = once(this.#child, 'exit', { signal }).then(([code]) =>
      Promise.reject(new Error(`Python exited: ${code}`)),
    );
    try {
      return await Promise.race([line, exit]);
    } finally {
      end.abort();
      await Promise.allSettled([line, exit]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lines.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end(); // the end of its work for whoever reads it; others are killed
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await exit;
    clearTimeout(patience);
  }
}
