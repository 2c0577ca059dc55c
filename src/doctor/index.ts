/** Examining the machine: what is installed, what works, and what a problem means. */
export { examine } from './collect.js';
export type { Diagnosis, Finding, FindingStatus } from './finding.js';
