/** How a process that this one started has ended, in words. */

export interface ChildEnd {
  /** None where a signal ended it, or where it never began. */
  readonly exitCode?: number | null | undefined;
  /** The signal that ended it. */
  readonly signal?: string | null | undefined;
}

/** `exit code 1`, `killed by SIGKILL`, or that it could not be started. */
export function howItEnded({ exitCode, signal }: ChildEnd): string {
  if (signal != null) return `killed by ${signal}`;
  return exitCode == null ? 'it could not be started' : `exit code ${exitCode}`;
}
