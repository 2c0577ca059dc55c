/**
 * A shard: three files of one name under `shards/`. `NAME.frames` (PNG files, one after the other), `NAME.parquet` (the
 * step table), and `NAME.json`, written last and in one move: without it the other two do not count, and with it their
 * lengths and hashes are known. So a crash leaves a shard whole or not at all.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AgentError, writeFileAtomic } from '../core/index.js';
import { inPieces } from './in-pieces.js';
import { readJsonFile } from './json-file.js';
import { SHARDS_FOLDER, type ShardDescription, type ShardEpisode, shardSchema } from './schema.js';
import { encodeSteps, type StepRow } from './step-table.js';

/** What goes into a shard; `frames` in the order of the rows' offsets. */
export interface ShardContent {
  readonly rows: readonly StepRow[];
  readonly episodes: readonly ShardEpisode[];
  readonly frames: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface Shard extends ShardDescription {
  readonly name: string;
  readonly stepsPath: string;
  readonly framesPath: string;
}

const SUFFIXES = { steps: '.parquet', frames: '.frames', commit: '.json' } as const;
/** Shards of a single episode, as they are written while collecting; merged into larger ones. */
const SINGLE = /^episode-\d+$/;
const MERGED = /^shard-(\d+)$/;

export const singleShardName = (episode: number): string => `episode-${String(episode).padStart(6, '0')}`;
export const mergedShardName = (number: number): string => `shard-${String(number).padStart(5, '0')}`;
export const isSingle = ({ name }: Pick<Shard, 'name'>): boolean => SINGLE.test(name);

/** The number of the next merged shard. */
export function nextShardNumber(shards: readonly Pick<Shard, 'name'>[]): number {
  return Math.max(-1, ...shards.map(({ name }) => Number(MERGED.exec(name)?.[1] ?? -1))) + 1;
}

/** Writes and commits a shard. Rejects with Node's error (disk full, no permission); then nothing counts. */
export async function writeShard(dataset: string, name: string, content: ShardContent): Promise<Shard> {
  const path = (suffix: string): string => join(dataset, SHARDS_FOLDER, name + suffix);
  const [stepsPath, framesPath] = [path(SUFFIXES.steps), path(SUFFIXES.frames)];
  const frames = await writeHashed(framesPath, content.frames);
  const steps = await writeHashed(stepsPath, [encodeSteps(content.rows)]);
  const description: ShardDescription = {
    format_version: 1,
    files: { steps, frames },
    rows: content.rows.length,
    episodes: [...content.episodes],
  };
  await writeFileAtomic(path(SUFFIXES.commit), `${JSON.stringify(description, null, 1)}\n`);
  return { ...description, name, stepsPath, framesPath };
}

/** Written at a time: a call for each frame would take longer than what it writes. */
const WRITE_BYTES = 2 ** 20;

async function writeHashed(path: string, chunks: ShardContent['frames']): Promise<{ bytes: number; sha256: string }> {
  const temporary = `${path}.tmp`;
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(temporary, 'w');
  try {
    for await (const piece of inPieces(chunks, WRITE_BYTES)) {
      hash.update(piece);
      bytes += piece.length;
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return { bytes, sha256: hash.digest('hex') };
}

/** Names of the committed shards, in order. */
export async function shardNames(dataset: string): Promise<string[]> {
  const files = await readdir(join(dataset, SHARDS_FOLDER)).catch(() => []);
  return files
    .filter((file) => file.endsWith(SUFFIXES.commit))
    .map((file) => file.slice(0, -SUFFIXES.commit.length))
    .sort();
}

/** A shard as it was committed; its files are not looked at. Rejects with `dataset`. */
export async function readShard(dataset: string, name: string): Promise<Shard> {
  const path = join(dataset, SHARDS_FOLDER, name);
  const next = `move the three files ${name}.* away; \`agent collect\` plays their episodes again`;
  const description = await readJsonFile(path + SUFFIXES.commit, shardSchema, next);
  return { ...description, name, stepsPath: path + SUFFIXES.steps, framesPath: path + SUFFIXES.frames };
}

/** Files under `shards/` that no commit speaks of: what a crash left. */
export async function strayFiles(dataset: string, shards: readonly Shard[]): Promise<string[]> {
  const folder = join(dataset, SHARDS_FOLDER);
  const known = new Set(shards.flatMap(({ name }) => Object.values(SUFFIXES).map((suffix) => name + suffix)));
  return (await readdir(folder)).filter((file) => !known.has(file)).map((file) => join(folder, file));
}

/** What is wrong with a shard's files; null where they are what was committed. `deep` reads and hashes them. */
export async function shardDamage(shard: Shard, { deep = false } = {}): Promise<string | null> {
  for (const [kind, path] of [
    ['steps', shard.stepsPath],
    ['frames', shard.framesPath],
  ] as const) {
    const { bytes, sha256 } = shard.files[kind];
    const size = await stat(path).then(
      ({ size }) => size,
      () => undefined,
    );
    if (size === undefined) return `${path} is missing`;
    if (size !== bytes) return `${path} has ${size} bytes, ${bytes} were written`;
    if (deep && (await hashFile(path)) !== sha256) return `${path} has another content than was written`;
  }
  return null;
}

/** Throws `dataset` where a file of the shard is missing or of another length. */
export async function requireWhole(shard: Shard): Promise<void> {
  const damage = await shardDamage(shard);
  if (damage === null) return;
  throw new AgentError('dataset', 'a shard of the dataset is damaged', {
    got: damage,
    where: shard.name,
    next: 'run the `agent collect` that made the dataset again: it sets the shard aside and plays its episodes again',
  });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Takes a shard out: the commit goes first, so that a crash leaves stray files and never half a shard. */
export async function removeShard(dataset: string, { name }: Pick<Shard, 'name'>): Promise<void> {
  const path = join(dataset, SHARDS_FOLDER, name);
  for (const suffix of [SUFFIXES.commit, SUFFIXES.steps, SUFFIXES.frames]) await rm(path + suffix, { force: true });
}

/** As `removeShard`, but the files are kept under another folder for whoever wants to look. */
export async function setShardAside(dataset: string, { name }: Pick<Shard, 'name'>, folder: string): Promise<void> {
  for (const suffix of [SUFFIXES.commit, SUFFIXES.steps, SUFFIXES.frames]) {
    await rename(join(dataset, SHARDS_FOLDER, name + suffix), join(folder, name + suffix)).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** Shards without those whose episodes a merged one holds: a crash between merging and removing leaves both. */
export function withoutSuperseded(shards: readonly Shard[]): { readonly kept: Shard[]; readonly superseded: Shard[] } {
  const merged = new Set(
    shards.filter((shard) => !isSingle(shard)).flatMap(({ episodes }) => episodes.map((e) => e.episode)),
  );
  const isSuperseded = (shard: Shard): boolean =>
    isSingle(shard) && shard.episodes.every(({ episode }) => merged.has(episode));
  return { kept: shards.filter((shard) => !isSuperseded(shard)), superseded: shards.filter(isSuperseded) };
}
