/** Runs `./agent` as a person would, in a process of its own, on the build that the set-up made. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';
import { manifestSchema, type RecordLine } from '../../src/record/schema.js';

export const AGENT = join(projectRoot, 'agent');

interface AgentOptions {
  readonly env?: Record<string, string>;
  /** Milliseconds; by default two minutes. */
  readonly timeout?: number;
}

/** Starts the command; never rejects. `await` it for exit code, stdout and stderr. */
export function agent(args: readonly string[], options: AgentOptions = {}) {
  return execa(AGENT, args, {
    reject: false,
    stdin: 'ignore',
    timeout: options.timeout ?? 120_000,
    env: { NO_COLOR: '1', ...options.env },
  });
}

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function readManifest(folder: string) {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
}

/** The lines of a record without the clock's readings: what must be the same whenever seed and policy are. */
export async function timelessLines(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'steps.jsonl'), 'utf8');
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  return lines
    .map((line) => {
      const { policyMs, emulatorMs, seal, ...rest } = JSON.parse(line) as RecordLine & {
        policyMs?: number;
        seal?: string;
      };
      return JSON.stringify(rest);
    })
    .join('\n');
}

/** Process ids of the children of a process, from /proc. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    // The command's name stands in parentheses and may hold anything; state and parent follow it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[1]);
  } catch {
    return undefined; // ended meanwhile
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `condition` gives something; fails after 60 s, far beyond what a loaded machine needs. */
export async function eventually<T>(what: string, condition: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const value = await condition();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited 60 s for ${what}`);
}

/** The number of whole lines that a running episode has written so far. */
export async function linesWritten(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'steps.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}
