/** Which process is meant: a number alone is given out again after its process has died, its start time is not. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When a process started, in the system's own notation, or null where there is none of that number. */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces; after it the state is field 3 and the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    if (process.platform === 'linux') return null;
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() || null : null;
}

/** A process as it is written down, to be recognised later. */
export const identify = (pid) => ({ pid, start: startOf(pid) });

/** Whether the very process written down is still running. */
export const isRunning = ({ pid, start }) => start !== null && startOf(pid) === start;

/**
 * Kills what is left of a process group whose leader was written down. A group's number is not given out again while
 * a member lives; so where the number belongs to another process now, the group is gone.
 */
export async function killGroup({ pid, start }) {
  const now = startOf(pid);
  if (now !== null && now !== start) return;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
