/** What one look at the machine found. Findings are plain data; printing them is the command line's. */
import type { JsonObject } from '../core/index.js';

/** `problem`: something the program needs does not work. `warning`: it works, with something missing or slower. */
export type FindingStatus = 'ok' | 'warning' | 'problem';

export interface Finding {
  /** Stable name, such as `tensorflow`. */
  readonly id: string;
  readonly title: string;
  readonly status: FindingStatus;
  /** What is there, in a few words. */
  readonly found: string;
  /** What a problem means for the person; absent where all is well. */
  readonly meaning?: string;
  /** What to do about it. */
  readonly next?: string;
  /** The same as numbers and names, for programs. */
  readonly details?: JsonObject;
}

export interface Diagnosis {
  /** Whether everything that is needed works. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

/** Puts findings together; healthy as long as none is a problem. */
export function diagnose(findings: readonly Finding[]): Diagnosis {
  return { healthy: findings.every(({ status }) => status !== 'problem'), findings };
}
