/** Checkpoint folders as a whole: which there are, what is in one, and a hash that names its content. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sizeOf } from '../core/nd-array.js';
import { projectPaths } from '../core/project-paths.js';
import { openCheckpoint } from './checkpoint/index.js';
import { readModelConfig } from './config/index.js';

/** What a listing tells about a checkpoint. */
export interface ModelSummary {
  readonly name: string;
  readonly folder: string;
  /** Numbers that were learnt. */
  readonly parameters: number;
  /** Element types of the stored tensors, such as F16. */
  readonly storedAs: readonly string[];
  /** Side of the pictures it is shown, in pixels, and tokens that one takes; null for a language model alone. */
  readonly pictures: { readonly side: number; readonly tokens: number } | null;
  /** Longest prompt with its answer, in tokens. */
  readonly context: number;
}

/** Files that decide what a model answers, beside its weights. */
const CONTENT = new Set([
  ...['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'],
  ...['preprocessor_config.json', 'processor_config.json', 'chat_template.json', 'chat_template.jinja'],
]);
const WEIGHTS = /\.safetensors(\.index\.json)?$/;

/** Files that every language model has; experts lie in models/ too and have no tokenizer. */
const MARKS = ['config.json', 'tokenizer.json'];

/** The folders below `root` that hold a vision-language model, by name. */
export async function listModels(root: string = projectPaths.models): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  const marked = folders.filter((folder) => MARKS.every((file) => existsSync(join(folder, file)))).sort();
  const isClip = await Promise.all(marked.map(holdsClip));
  return marked.filter((_, i) => !isClip[i]);
}

/** A CLIP reads texts, but writes none. What is not readable at all is listed, so that its error is seen. */
async function holdsClip(folder: string): Promise<boolean> {
  const config = await readFile(join(folder, 'config.json'), 'utf8');
  return /"model_type":\s*"clip"/.test(config);
}

/** Reads a checkpoint's configuration and headers, not its weights. Rejects with `checkpoint`. */
export async function describeModel(folder: string): Promise<ModelSummary> {
  const { text, image } = await readModelConfig(folder);
  await using file = await openCheckpoint(folder);
  return {
    name: basename(folder),
    folder,
    parameters: file.names.reduce((sum, name) => sum + sizeOf(file.shape(name)), 0),
    storedAs: [...new Set(file.names.map((name) => file.dtype(name)))].sort(),
    pictures: image && { side: image.vision.imageSize, tokens: image.tokensPerImage },
    context: text.maxPositions,
  };
}

/** SHA-256 over names and bytes of the files that decide what a model answers; 32 hex digits. */
export async function hashModel(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(folder)).filter((name) => CONTENT.has(name) || WEIGHTS.test(name)).sort();
  for (const name of names) {
    hash.update(`${name}\n`);
    for await (const chunk of createReadStream(join(folder, name))) hash.update(chunk as Buffer);
  }
  return hash.digest('hex').slice(0, 32);
}
