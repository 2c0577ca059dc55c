/**
 * Runs a program that may be broken and gives its answer or, in words, why there is none. What could crash the process
 * (TensorFlow on a CPU without its instructions) is looked at this way.
 */
import { execa } from 'execa';
import { howItEnded } from '../core/index.js';

export type ProbeAnswer = { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly why: string };

export interface ProbeOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds?: number;
}

/** Never rejects. `why` ends with the last line that the program wrote to standard error. */
export async function runProbe(
  command: string,
  args: readonly string[],
  { env = {}, timeoutMilliseconds = 60_000 }: ProbeOptions = {},
): Promise<ProbeAnswer> {
  const result = await execa(command, [...args], { env, timeout: timeoutMilliseconds, reject: false, stdin: 'ignore' });
  if (!result.failed) return { ok: true, stdout: result.stdout };
  if (result.code === 'ENOENT') return { ok: false, why: `${command} is not there` };
  if (result.timedOut) return { ok: false, why: `no answer in ${timeoutMilliseconds / 1000} s` };
  const lastLine = result.stderr?.trim().split('\n').at(-1);
  const end = howItEnded(result);
  return { ok: false, why: lastLine ? `${lastLine} (${end})` : end };
}

/** The JSON document on the last line of a program's output; undefined where there is none. */
export function lastJson(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
