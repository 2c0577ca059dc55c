/** Whether videos can be rendered. */
import { isAgentError } from '../core/index.js';
import { findFfmpeg } from '../video/ffmpeg.js';
import type { Finding } from './finding.js';

/** Looks for ffmpeg as a recording would. Without it everything but videos works. */
export async function inspectVideo(): Promise<Finding> {
  const base = { id: 'ffmpeg', title: 'ffmpeg' };
  try {
    const { path, version, source } = await findFfmpeg();
    return { ...base, status: 'ok', found: `${version}, from ${source}`, details: { path, version, source } };
  } catch (error) {
    const found = isAgentError(error) ? (error.details.got ?? error.summary) : String(error);
    const next = isAgentError(error) ? error.details.next : undefined;
    const meaning = 'episodes are recorded and verified, but no video can be written';
    return { ...base, status: 'warning', found, meaning, ...(next === undefined ? {} : { next }) };
  }
}
