/**
 * Chosen episodes as a folder that any web server, or the file system itself, shows: the same page, with everything it
 * would ask a server for in scripts beside it. A page that was opened as a file may load scripts, and nothing else.
 */
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AgentError, makeFolder, writeFileAtomic } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { factsOf } from './episode-facts.js';
import { OpenEpisode } from './open-episode.js';
import { PAGE_FILES, readPage } from './page-files.js';
import type { RunList } from './run-list.js';
import { SharedEmulators } from './shared-emulators.js';

/** Decisions in one script. */
export const EXPORT_PART = 64;
/** More are no choice any more; a folder of them would have gigabytes. */
const MOST_EPISODES = 200;

export interface ExportOptions {
  readonly signal?: AbortSignal;
  readonly onEpisode?: (done: number, of: number, run: string) => void;
}

export interface Exported {
  readonly folder: string;
  readonly episodes: number;
  /** Runs whose pictures are not as recorded, or could not be played; the page says so too. */
  readonly troubled: readonly string[];
}

/** Rejects with `usage` where there is nothing, or too much, to export, and with `cancelled`. */
export async function exportView(list: RunList, folder: string, options: ExportOptions = {}): Promise<Exported> {
  const found = await list.look();
  const rows = found.rows.filter(({ status, isLive }) => status !== 'unreadable' && !isLive);
  if (rows.length === 0 || rows.length > MOST_EPISODES) {
    throw new AgentError('usage', 'these episodes cannot be exported', {
      expected: `1 to ${MOST_EPISODES} episodes that are over`,
      got: String(rows.length),
      next: 'name the run folders that shall be shown',
    });
  }
  const path = resolve(folder);
  await makeFolder(path);
  const page = readPage();
  await writeFileAtomic(join(path, 'index.html'), page['index.html'].replace('<!-- data -->', DATA_TAG));
  for (const name of Object.keys(PAGE_FILES).filter((one) => one !== 'index.html')) {
    await copyFile(join(projectPaths.viewPage, name), join(path, name));
  }
  await using emulators = new SharedEmulators();
  const troubled: string[] = [];
  for (const [index, row] of rows.entries()) {
    options.signal?.throwIfAborted();
    options.onEpisode?.(index, rows.length, row.run);
    await using episode = await OpenEpisode.open(list.folderOf(row.id) as string, emulators.makeEnv);
    await untilSettled(episode, options.signal);
    const { mismatch, trouble } = episode.progress;
    if (mismatch !== null || trouble !== null) troubled.push(row.run);
    await writeEpisode(path, row.id, episode, factsOf(episode, row, null));
  }
  // Last: a folder without it shows nothing, and so nothing half-finished.
  // An export stays as it is: who plays now is soon not true any more.
  const evaluations = found.evaluations.map((one) => ({ ...one, queue: null }));
  await writeFileAtomic(join(path, 'data.js'), script('list', { rows, evaluations }));
  return { folder: path, episodes: rows.length, troubled };
}

const DATA_TAG = '<script src="data.js"></script>';

async function untilSettled(episode: OpenEpisode, signal: AbortSignal | undefined): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  await Promise.race([episode.settled(), aborted]);
}

async function writeEpisode(path: string, id: string, episode: OpenEpisode, facts: object): Promise<void> {
  const folder = join(path, 'episodes', id);
  await makeFolder(folder);
  const { progress } = episode;
  const about = { facts, series: episode.series(0), progress };
  await writeFileAtomic(join(folder, 'episode.js'), script(`episode/${id}`, about));
  for (let from = 0; from < progress.lines; from += EXPORT_PART) {
    const decisions = await episode.decisions(from, EXPORT_PART);
    const pictures = (await episode.pictures(from, EXPORT_PART)).toString('base64');
    const name = `part/${id}/${from / EXPORT_PART}`;
    await writeFileAtomic(join(folder, `part-${from / EXPORT_PART}.js`), script(name, { decisions, pictures }));
  }
}

/** Hands a value to the page under a name; as text that is parsed, so that no key of a record means more than a key. */
function script(name: string, value: unknown): string {
  const text = JSON.stringify(JSON.stringify(value));
  return `(globalThis.exported ??= {})[${JSON.stringify(name)}] = JSON.parse(${text});\n`;
}
