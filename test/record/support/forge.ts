/** Changes a record with every chain and seal after it made anew, as somebody would who knows the format. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, sealOfEnd, sealOfLine, sealOfStart, stepLink } from '../../../src/record/index.js';

type Fields = Record<string, unknown>;

export interface Forgery {
  /** Fields of the manifest to change. */
  readonly manifest?: Fields;
  /** Fields of a line to change. */
  readonly line?: (line: Fields) => Fields;
}

export async function forge(folder: string, { manifest = {}, line: change = () => ({}) }: Forgery): Promise<void> {
  const { seal: _, ...before } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const after = { ...before, ...manifest } as Omit<Manifest, 'seal'>;
  let seal = sealOfStart({ ...after, status: 'running', finished: null, error: null, result: null });
  const start = seal;
  let chain = '';
  const lines = (await readFile(join(folder, 'steps.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((text) => {
      const { seal: __, ...old } = JSON.parse(text);
      const line = { ...old, ...change(old) };
      chain = line.step === 0 ? line.chain : stepLink(chain, line);
      if (line.step > 0) line.chain = chain;
      seal = sealOfLine(seal, line);
      return JSON.stringify({ ...line, seal });
    });
  await writeFile(join(folder, 'steps.jsonl'), `${lines.join('\n')}\n`);
  const ended = after.status === 'running' ? start : sealOfEnd(seal, after);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...after, seal: ended }));
}
