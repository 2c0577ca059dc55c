/** Records of episodes that nobody played: one real one with other seeds, sealed anew, so that they hold. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordJson } from '../../src/record/json.js';
import type { Manifest } from '../../src/record/schema.js';
import { sealOfEnd, sealOfLine, sealOfStart } from '../../src/record/seal.js';

export interface Template {
  readonly manifest: Manifest;
  readonly lines: readonly object[];
}

export async function readTemplate(folder: string): Promise<Template> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const lines = (await read('steps.jsonl')).trim().split('\n');
  return { manifest: JSON.parse(await read('manifest.json')), lines: lines.map((line) => JSON.parse(line)) };
}

/** The two files of a record. */
export function simulatedRecord({ manifest, lines }: Template, seed: number): [manifest: Buffer, steps: Buffer] {
  const { seal: _, ...others } = manifest;
  const { arguments: given } = manifest;
  const own = { ...others, seed, arguments: { ...given, resolved: { ...given.resolved, seed } } };
  let seal = sealOfStart({ ...own, status: 'running', finished: null, error: null, result: null });
  const texts = lines.map((line) => {
    const { seal: __, ...rest } = line as { seal?: string };
    seal = sealOfLine(seal, rest);
    return `${recordJson({ ...rest, seal })}\n`;
  });
  const whole = { ...own, seal: sealOfEnd(seal, own) };
  return [Buffer.from(`${recordJson(whole, 2)}\n`), Buffer.from(texts.join(''))];
}
