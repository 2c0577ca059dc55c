/**
 * A program that records steps as fast as it can until it is killed or the disk takes no more. Arguments: the run's
 * folder, the length of each raw answer. Prints a line for each step that was recorded, and at a failure the error's
 * code and what became of the manifest.
 */

import { isAgentError } from '../../../src/core/index.js';
import { EpisodeWriter } from '../../../src/record/index.js';
import { HASH, manifest, stepLine } from './lines.js';

const [folder = '', rawLength = '0'] = process.argv.slice(2);
const { format, status, started, finished, error, result, ...header } = manifest;
const writer = await EpisodeWriter.start(folder, header);
writer.reset({ observation: HASH, emulatorMs: 1 });
const raw = 'x'.repeat(Number(rawLength));
try {
  for (let step = 1; ; step++) {
    writer.step({ ...stepLine, step, raw });
    process.stdout.write(`${step}\n`);
    if (step % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
} catch (failure) {
  if (!isAgentError(failure)) throw failure;
  const end = { status: 'failed', error: failure.toEnvelope(), counters: {}, spent: null, recoveries: 0 } as const;
  const written = await writer.finish(end);
  process.stdout.write(`${failure.code} ${failure.details.next}\nmanifest ${written.status}\n`);
}
