/** A checkpoint folder's weights: one `model.safetensors`, or shards that `model.safetensors.index.json` names. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import { type LoadedTensor, openSafetensors, type SafetensorsFile } from './safetensors.js';

export const WEIGHTS_FILE = 'model.safetensors';
export const INDEX_FILE = 'model.safetensors.index.json';

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().min(1)) });

/**
 * Opens all weights of a checkpoint folder as one set of named tensors.
 * Rejects with `checkpoint` where weights are missing, or the index and the shards name different tensors.
 */
export async function openCheckpoint(folder: string): Promise<SafetensorsFile> {
  const single = join(folder, WEIGHTS_FILE);
  if (existsSync(single)) return openSafetensors(single);
  const index = join(folder, INDEX_FILE);
  if (existsSync(index)) return openShards(folder, index);
  throw new AgentError('checkpoint', 'A checkpoint has no weights', {
    expected: `${WEIGHTS_FILE} or ${INDEX_FILE}`,
    got: existsSync(folder) ? 'neither' : 'no such folder',
    where: folder,
    next: 'weights in other formats (pytorch_model.bin, GGUF) must be converted to safetensors first',
  });
}

async function openShards(folder: string, path: string): Promise<SafetensorsFile> {
  const byTensor = await readIndex(path);
  const opened = new Map<string, SafetensorsFile>();
  try {
    for (const file of new Set(byTensor.values())) opened.set(file, await openSafetensors(join(folder, file)));
    requireSameNames(byTensor, opened, path);
  } catch (error) {
    await Promise.all([...opened.values()].map((shard) => shard.close()));
    throw error;
  }
  return new Shards(path, byTensor, opened);
}

/** Tensor name → file name. A file name with a folder in it would reach outside the checkpoint: refused. */
async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, 'utf8');
  let parsed: z.infer<typeof indexSchema>;
  try {
    parsed = indexSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AgentError('checkpoint', 'the index of the shards is not readable', {
      expected: 'JSON with a weight_map from tensor names to file names',
      where: path,
      cause,
    });
  }
  const entries = Object.entries(parsed.weight_map);
  const outside = entries.find(([, file]) => basename(file) !== file || file === '..');
  if (outside) {
    throw new AgentError('checkpoint', 'A shard lies outside its checkpoint', {
      expected: 'a plain file name',
      got: outside[1],
      where: path,
    });
  }
  return new Map(entries);
}

function requireSameNames(
  byTensor: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsFile>,
  path: string,
): void {
  const inShards = new Set([...shards].flatMap(([file, shard]) => shard.names.map((name) => `${name} in ${file}`)));
  const inIndex = new Set([...byTensor].map(([name, file]) => `${name} in ${file}`));
  const missing = [...inIndex].filter((entry) => !inShards.has(entry));
  const extra = [...inShards].filter((entry) => !inIndex.has(entry));
  if (missing.length + extra.length === 0) return;
  const show = (label: string, list: string[]) => (list.length ? [`${list.length} ${label}, such as ${list[0]}`] : []);
  throw new AgentError('checkpoint', 'shards and index do not name the same tensors', {
    expected: `${byTensor.size} tensors in ${shards.size} shards`,
    got: [...show('not in its shard', missing), ...show('not in the index', extra)].join('; '),
    where: path,
    next: 'a shard is probably of another version: copy or download the folder again',
  });
}

class Shards implements SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    readonly path: string,
    private readonly byTensor: ReadonlyMap<string, string>,
    private readonly shards: ReadonlyMap<string, SafetensorsFile>,
  ) {
    this.metadata = Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata));
  }

  get names(): readonly string[] {
    return [...this.byTensor.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#shard(name).shape(name);
  }

  dtype(name: string): string {
    return this.#shard(name).dtype(name);
  }

  read(name: string): Promise<LoadedTensor> {
    return this.#shard(name).read(name);
  }

  readFloat64(name: string): Promise<Float64Array> {
    return this.#shard(name).readFloat64(name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.shards.values()].map((shard) => shard.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A name that no shard has goes to the first one, whose error says so. */
  #shard(name: string): SafetensorsFile {
    const file = this.byTensor.get(name);
    return (file === undefined ? [...this.shards.values()][0] : this.shards.get(file)) as SafetensorsFile;
  }
}
