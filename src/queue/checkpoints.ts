/**
 * Weights that a worker does not have, found by their hash: in a folder that both sides see, or, where there is none,
 * through the queue. They are data of known names and lengths, and are taken only where every byte hashes to what the
 * description says.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Redis } from 'ioredis';
import { AgentError, makeFolder, ownTag } from '../core/index.js';
import { PREFIX } from './connection.js';
import { type CheckpointFile, checkpointFileSchema, type RowDescription } from './description.js';

export type Checkpoint = NonNullable<RowDescription['checkpoint']>;

/** Files go through the queue in pieces, and together no larger than this: Redis holds all of it in memory. */
const PIECE_BYTES = 8 * 2 ** 20;
export const MAX_QUEUE_BYTES = 512 * 2 ** 20;
/** Whoever publishes goes on for as long as the run does; a week after the last one it is gone. */
const SECONDS = 7 * 24 * 3600;

/** What is in a checkpoint's folder. Rejects with `checkpoint` where a file has no plain name. */
export async function describeCheckpoint(kind: string, folder: string): Promise<Checkpoint> {
  const files: CheckpointFile[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const file = { name: entry.name, bytes: (await stat(path)).size, sha256: await hashFile(path) };
    const result = checkpointFileSchema.safeParse(file);
    if (!result.success) {
      throw new AgentError('checkpoint', 'a file of the checkpoint cannot be named in a queue', {
        expected: 'letters, digits, points, dashes and underscores',
        got: entry.name,
        where: folder,
      });
    }
    files.push(result.data);
  }
  return { kind, sha256: hashOfFiles(files), files };
}

/** One hash for all files together. */
export function hashOfFiles(files: readonly CheckpointFile[]): string {
  const facts = files.map(({ name, bytes, sha256 }) => [name, bytes, sha256]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** Puts a checkpoint where workers find it: into `shared`, or into the queue. Rejects with `usage` where too large. */
export async function publishCheckpoint(
  redis: Redis,
  folder: string,
  { files, sha256 }: Checkpoint,
  shared: string | undefined,
): Promise<void> {
  if (shared !== undefined) {
    await keepWhole(join(shared, sha256), (place) =>
      Promise.all(files.map(({ name }) => copyFile(join(folder, name), join(place, name)))),
    );
    return;
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MAX_QUEUE_BYTES) {
    throw new AgentError('usage', 'the checkpoint is too large to go through the queue', {
      expected: `at most ${MAX_QUEUE_BYTES} bytes`,
      got: `${bytes} bytes`,
      where: folder,
      next: 'name a folder that the workers see too with --checkpoints, here and with each agent worker',
    });
  }
  for (const { name, sha256: hash } of files) await publishFile(redis, join(folder, name), hash);
}

/** The folder of a checkpoint under `store`, fetched where it is not there yet. Rejects with `checkpoint`. */
export async function fetchCheckpoint(redis: Redis, { files, sha256 }: Checkpoint, store: string): Promise<string> {
  if (hashOfFiles(files) !== sha256) throw damaged('its list of files', sha256);
  const folder = join(store, sha256);
  if (await isThere(folder, files)) return folder;
  await keepWhole(folder, async (place) => {
    for (const file of files) await fetchFile(redis, file, join(place, file.name));
  });
  if (!(await isThere(folder, files))) throw damaged(folder, sha256);
  return folder;
}

const pieceKey = (sha256: string, piece: number): string => `${PREFIX}:file:${sha256}:${piece}`;

async function publishFile(redis: Redis, path: string, sha256: string): Promise<void> {
  let piece = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    await redis.set(pieceKey(sha256, piece), chunk as Buffer, 'EX', SECONDS);
    piece++;
  }
}

async function fetchFile(redis: Redis, { name, bytes, sha256 }: CheckpointFile, path: string): Promise<void> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  try {
    let got = 0;
    for (let piece = 0; got < bytes; piece++) {
      const key = pieceKey(sha256, piece);
      const length = await redis.strlen(key);
      if (length === 0 || length > PIECE_BYTES || length > bytes - got) throw damaged(name, sha256);
      const data = await redis.getBuffer(key);
      if (data?.length !== length) throw damaged(name, sha256);
      hash.update(data);
      await file.writeFile(data);
      got += length;
    }
    if (hash.digest('hex') !== sha256) throw damaged(name, sha256);
  } finally {
    await file.close();
  }
}

/** A folder that is there whole or not at all, whoever makes it first. */
async function keepWhole(folder: string, fill: (place: string) => Promise<unknown>): Promise<void> {
  const temporary = `${folder}.${ownTag()}.tmp`;
  try {
    await makeFolder(temporary);
    await fill(temporary);
    await rename(temporary, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Whether every file is there as it should be; read anew each time that a worker begins a row. */
async function isThere(folder: string, files: readonly CheckpointFile[]): Promise<boolean> {
  for (const { name, sha256 } of files) {
    if ((await hashFile(join(folder, name)).catch(() => '')) !== sha256) return false;
  }
  return true;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function damaged(what: string, sha256: string): AgentError {
  return new AgentError('checkpoint', 'the checkpoint is not to be had through the queue', {
    expected: `${what} with SHA-256 ${sha256}`,
    got: 'nothing, or another content',
    next: 'give the worker a folder that has it: --checkpoints DIR',
  });
}
