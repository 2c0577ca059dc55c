/** Every option that names what is written is one of those that are checked before the command begins. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

const folder = join(projectRoot, 'src', 'cli');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

const OUTPUT = String.raw`'(?:-\w, )?--(?:out|table|video|strip|picture|record|report|export)\b[^']*[<[](?:file|folder)[\]>]'`;

describe('options that name what is written', () => {
  it('are all checked', () => {
    const plain = new RegExp(String.raw`(?:\.option|\.requiredOption|new Option)\(\s*${OUTPUT}`, 'g');
    const checked = new RegExp(String.raw`new Output(?:File|Folder)\(\s*${OUTPUT}`, 'g');
    const found = (pattern: RegExp): string[] =>
      sources.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([words]) => `${name}: ${words}`));
    expect(found(plain)).toEqual([]);
    expect(found(checked).length).toBeGreaterThan(15);
  });
});
