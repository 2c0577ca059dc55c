/** One hash of all files of a source, so that what was imported can be told apart from what is there later. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { stopIfCancelled } from '../cancellation.js';
import type { SourceFolder } from './source-folder.js';

/** Of names and contents, in the order of the names. */
export async function hashSource(source: SourceFolder, signal: AbortSignal | undefined): Promise<string> {
  const all = createHash('sha256');
  for (const name of await source.list('', '')) {
    stopIfCancelled(signal);
    const own = createHash('sha256');
    await pipeline(createReadStream(await source.require(name)), own);
    all.update(`${name}\0${own.digest('hex')}\n`);
  }
  return all.digest('hex');
}
