/**
 * A process in a session of its own keeps the priority of who began it. Linux shares the processor among sessions
 * first (autogroups) and by priority only within each, so that without this such a child of a process that was told to
 * be last has as large a share as the program that it shall not disturb.
 */
import { writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';

/** Gives the session of `pid` this process's priority, where it is a low one and the system has such shares. */
export function keepPriority(pid: number | undefined): void {
  const priority = getPriority();
  if (pid === undefined || priority <= 0) return;
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(priority));
  } catch {
    // Another system, a kernel without such shares, or a process that has ended already: it plays all the same.
  }
}
