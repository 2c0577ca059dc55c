/** Room for records and videos. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { projectPaths } from '../core/project-paths.js';
import type { Finding } from './finding.js';

const little = 1e9;
const almostNone = 50e6;

const readable = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;

/** Free space where runs go. */
export async function inspectDisk(root: string = dirname(projectPaths.runs)): Promise<Finding> {
  const { bavail, bsize } = await statfs(root);
  return describeDisk(bavail * bsize, root);
}

/** Free bytes as a finding; pure. */
export function describeDisk(freeBytes: number, where: string): Finding {
  const base = { id: 'disk', title: 'Disk', found: `${readable(freeBytes)} free at ${where}`, details: { freeBytes } };
  if (freeBytes >= little) return { ...base, status: 'ok' };
  return {
    ...base,
    status: freeBytes < almostNone ? 'problem' : 'warning',
    meaning: 'an episode takes about 1 MB and its video 5 to 20 MB; a full disk ends an episode',
    next: 'free some space, or put the runs on another disk',
  };
}
