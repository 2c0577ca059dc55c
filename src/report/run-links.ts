/**
 * Ways from the report to the runs. A link is made of the place where a run was found, never of what a record says, and
 * ends in a file of a known name inside the run's folder.
 */
import { lstat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** What `agent play --record` and `agent eval --record` call a run's video. */
const VIDEO_FILE = 'episode.mp4';

export interface RunLinks {
  /** The run's folder, seen from the report, for people. */
  path(folder: string): string;
  /** A relative URL of the run's video; null where there is none. A symbolic link is none. */
  video(folder: string): Promise<string | null>;
}

/** Links from a report in the folder `report`. Both are absolute paths. */
export function runLinks(report: string): RunLinks {
  const path = (folder: string): string => relative(report, folder).split(sep).join('/') || '.';
  return {
    path,
    video: async (folder) => {
      const stats = await lstat(join(folder, VIDEO_FILE)).catch(() => undefined);
      return stats?.isFile() && stats.size > 0 ? `${asUrl(path(folder))}/${VIDEO_FILE}` : null;
    },
  };
}

/** Each part is encoded, so that a folder called `javascript:…` or `//host` stays the name of a folder. */
function asUrl(path: string): string {
  const parts = path.split('/').map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')));
  return path.startsWith('..') ? parts.join('/') : `./${parts.join('/')}`;
}
