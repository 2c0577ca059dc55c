/** All looks at the machine, in the order in which they are shown. */
import { inWords } from '../core/system-error.js';
import { inspectDisk } from './disk.js';
import { inspectEmulators } from './emulators.js';
import { type Diagnosis, diagnose, type Finding } from './finding.js';
import { inspectPackages } from './packages.js';
import { inspectExtraPackages, inspectSetUp, inspectTools } from './set-up-state.js';
import { inspectTensorflow } from './tensorflow.js';
import { inspectVideo } from './video.js';

type Inspection = readonly [title: string, look: () => Promise<Finding | Finding[]>];

const inspections: readonly Inspection[] = [
  ['Tools', inspectTools],
  ['Set-up', inspectSetUp],
  ['JavaScript packages', inspectPackages],
  ['TensorFlow', inspectTensorflow],
  ['Emulators', inspectEmulators],
  ['Added packages', inspectExtraPackages],
  ['ffmpeg', inspectVideo],
  ['Disk', inspectDisk],
];

/**
 * Looks at everything, one after the other, since the emulators and TensorFlow are timed. An inspection that fails
 * unexpectedly becomes a problem of its own and hides no other.
 * @param onStart called with the title of each inspection before it begins
 */
export async function examine(onStart: (title: string) => void = () => {}): Promise<Diagnosis> {
  const findings: Finding[] = [];
  for (const [title, look] of inspections) {
    onStart(title);
    findings.push(...(await guarded(title, look)));
  }
  return diagnose(findings);
}

/** The findings of one inspection, or the finding that it broke. */
export async function guarded(title: string, look: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    const found = inWords(error);
    return [{ id: title.toLowerCase(), title, status: 'problem', found, meaning: 'this could not be examined' }];
  }
}
