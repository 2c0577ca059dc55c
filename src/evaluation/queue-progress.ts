/**
 * How far a queue's workers are, for whoever watches an evaluation's folder while it fills. The coordinator writes it
 * anew every few seconds and takes it away at its end; what a killed one left is too old to be shown.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readTextSync, writeFileAtomic } from '../core/index.js';
import type { QueueProgress } from './queue-progress-facts.js';

const QUEUE_PROGRESS_FILE = 'queue-progress.json';
/** Workers that are told of; the others are counted. */
export const MOST_WORKERS = 100;
const FRESH_MS = 30_000;
const MAX_BYTES = 256 * 1024;

const count = z.int().nonnegative();

const progressSchema: z.ZodType<QueueProgress> = z.strictObject({
  written: z.iso.datetime(),
  ...{ open: count, accepted: count, refused: count, perSecond: z.number().nonnegative(), workers: count },
  shown: z
    .array(
      z.strictObject({
        ...{ worker: z.string().max(100), row: z.string().max(400).nullable(), active: count, played: count },
      }),
    )
    .max(MOST_WORKERS),
});

/** Rejects with Node's error where it cannot be written. */
export async function writeQueueProgress(folder: string, progress: QueueProgress): Promise<void> {
  await writeFileAtomic(join(folder, QUEUE_PROGRESS_FILE), `${JSON.stringify(progress)}\n`);
}

export async function removeQueueProgress(folder: string): Promise<void> {
  await rm(join(folder, QUEUE_PROGRESS_FILE), { force: true });
}

/** Null where no coordinator has written lately, and of what is no such file. */
export function readQueueProgress(folder: string, now = Date.now()): QueueProgress | null {
  try {
    const path = join(folder, QUEUE_PROGRESS_FILE);
    const progress = progressSchema.parse(JSON.parse(readTextSync(path, { maxBytes: MAX_BYTES, followLinks: false })));
    return Math.abs(now - Date.parse(progress.written)) < FRESH_MS ? progress : null;
  } catch {
    return null;
  }
}
