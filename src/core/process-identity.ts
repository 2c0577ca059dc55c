/**
 * Which process made a temporary file: a number alone is given out again after its process has died, the start time
 * with it is not. So what a killed process left can be told from what a living one still needs.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * What tells a process from a later one with the same number: its start time where the system shows it in /proc, else
 * only that it runs. Undefined where there is no such process, or only what is left of a dead one.
 */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces; after it the state is field 3 and the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    process.kill(pid, 0);
    return 'running';
  } catch {
    return undefined;
  }
}

/** As part of a file's name: number, start, and where these numbers mean something. */
const TAG = '[0-9a-z]+-[0-9a-z]+-[0-9a-z]{6}';
/** A file that a process writes before it gives it its name; the tag is the first group. */
export const TEMPORARY_FILE = new RegExp(`\\.(${TAG})(?:\\.\\d+)?\\.tmp$`);
/** A folder of a process's own; the tag is the first group. */
export const taggedFolder = (prefix: string): RegExp => new RegExp(`^${prefix}(${TAG})-`);

let own: string | undefined;

/** This process's tag. */
export function ownTag(): string {
  own ??= tagOf(process.pid, startOf(process.pid) ?? '');
  return own;
}

/** Whether the process of a tag is gone. Of other machines, containers and boots nothing is known: false. */
export function isAbandoned(tag: string): boolean {
  const pid = Number.parseInt(tag.split('-')[0] ?? '', 36);
  if (!tag.endsWith(`-${world()}`)) return false;
  const start = startOf(pid);
  return start === undefined || tagOf(pid, start) !== tag;
}

function tagOf(pid: number, start: string): string {
  return [pid.toString(36), (Number(start) || 0).toString(36), world()].join('-');
}

let known: string | undefined;

/** Process numbers mean something on one machine, until it is started again, and in one container. */
function world(): string {
  known ??= createHash('sha256')
    .update([hostname(), read('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')].join('\n'))
    .digest('hex')
    .slice(0, 6);
  return known;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
