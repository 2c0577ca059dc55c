/** A tiny random checkpoint with room for whole prompts: one of the fixtures with a longer context. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIXTURES } from './network/golden.js';

/** Makes the checkpoint in a new temporary folder, which the caller removes. */
export async function tinyCheckpoint(context = 4096): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-checkpoint-'));
  await cp(join(FIXTURES, 'tied-multilayer'), folder, { recursive: true });
  const path = join(folder, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  config.text_config.max_position_embeddings = context;
  await writeFile(path, JSON.stringify(config));
  return folder;
}
