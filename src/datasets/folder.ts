/**
 * A dataset's folder while it is being collected: claimed by one process, its description written or compared, and what
 * a crash left put in order.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, isAgentError, lockForProcess, makeFolder, writeFileAtomic } from '../core/index.js';
import { canonicalJson } from './canonical-json.js';
import { readJsonFile } from './json-file.js';
import { DATASET_FILE, type DatasetDescription, datasetSchema, SHARDS_FOLDER } from './schema.js';
import {
  readShard,
  removeShard,
  type Shard,
  setShardAside,
  shardDamage,
  shardNames,
  strayFiles,
  withoutSuperseded,
} from './shard-files.js';

const DAMAGED_FOLDER = 'damaged';

/**
 * Makes the folder and claims it for this process; disposing gives it free. Rejects with `dataset` where it is taken.
 */
export async function claimFolder(folder: string): Promise<AsyncDisposable> {
  await makeFolder(join(folder, SHARDS_FOLDER));
  return await lockForProcess(join(folder, 'collect.lock'), {
    code: 'dataset',
    message: 'another process collects into this folder',
    expected: 'one process a folder',
    next: 'wait for it, end it, or name another folder with --out',
  });
}

/**
 * The description of the dataset with `wanted.seeds` among its seeds: new, or that of earlier starts, which must have
 * been collected in the same way. Rejects with `dataset` that names the field which differs.
 */
export async function describeFolder(folder: string, wanted: DatasetDescription): Promise<DatasetDescription> {
  const path = join(folder, DATASET_FILE);
  const earlier = await readEarlier(path);
  const known = new Set(earlier?.seeds);
  const seeds = [...(earlier?.seeds ?? []), ...wanted.seeds.filter((seed) => !known.has(seed))];
  if (earlier) requireSame(earlier, wanted, path);
  const description = { ...(earlier ?? wanted), seeds };
  if (seeds.length !== earlier?.seeds.length) {
    await writeFileAtomic(path, `${JSON.stringify(description, null, 2)}\n`);
  }
  return description;
}

async function readEarlier(path: string): Promise<DatasetDescription | undefined> {
  try {
    return await readJsonFile(path, datasetSchema, 'name another folder with --out');
  } catch (error) {
    const cause = isAgentError(error, 'dataset')
      ? (error.details.cause as NodeJS.ErrnoException | undefined)
      : undefined;
    if (cause?.code === 'ENOENT') return undefined;
    throw error;
  }
}

function requireSame(earlier: DatasetDescription, wanted: DatasetDescription, path: string): void {
  const fields = Object.keys(wanted) as (keyof DatasetDescription)[];
  const compared = fields.filter((name) => name !== 'seeds' && name !== 'versions');
  const differing = compared.filter((name) => canonicalJson(earlier[name]) !== canonicalJson(wanted[name]));
  if (differing.length === 0) return;
  throw new AgentError('dataset', 'the folder holds demonstrations that were collected otherwise', {
    expected: differing.map((name) => `${name}: ${canonicalJson(earlier[name])}`).join('; '),
    got: differing.map((name) => `${name}: ${canonicalJson(wanted[name])}`).join('; '),
    where: path,
    next: 'name another folder with --out; training opens several datasets as one',
  });
}

export interface Recovered {
  readonly shards: Shard[];
  /** What was found damaged and set aside, in words. */
  readonly damaged: readonly string[];
}

/**
 * The whole shards of a folder, every file read and compared with what was committed. Files of no shard go, shards that
 * a merged one holds go, damaged ones are moved to `damaged/`.
 */
export async function recoverShards(folder: string): Promise<Recovered> {
  const whole: Shard[] = [];
  const damaged: string[] = [];
  for (const name of await shardNames(folder)) {
    const shard = await readShard(folder, name).catch((error: unknown) => String((error as Error).message));
    const damage = typeof shard === 'string' ? shard : await shardDamage(shard, { deep: true });
    if (damage === null) {
      whole.push(shard as Shard);
      continue;
    }
    damaged.push(`${name}: ${damage}`);
    await makeFolder(join(folder, DAMAGED_FOLDER));
    await setShardAside(folder, { name }, join(folder, DAMAGED_FOLDER));
  }
  const { kept, superseded } = withoutSuperseded(whole);
  for (const shard of superseded) await removeShard(folder, shard);
  for (const path of await strayFiles(folder, kept)) await rm(path, { force: true });
  return { shards: kept, damaged };
}
