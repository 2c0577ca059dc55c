/** The layer rules find what they are there for: each is broken once, in a small project of its own. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'));
  writeFileSync(join(folder, 'tsconfig.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Names of the rules that a project of these files breaks. */
function brokenRules(files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const config = join(projectRoot, '.dependency-cruiser.cjs');
  const roots = [...new Set(Object.keys(files).map((name) => name.split('/')[0]!))];
  const { stdout } = execaSync(
    process.execPath,
    [
      join(projectRoot, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      ...['--config', config, '--output-type', 'json', ...roots],
    ],
    { cwd: folder, reject: false },
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const leaf = 'export const x = 1;\n';
const imports = (path: string) => `import { x } from '${path}';\nexport const y = x;\n`;

describe('layers', () => {
  it('allow imports downward and inside a room', () => {
    const files = {
      'src/core/a.ts': leaf,
      'src/env-bridge/b.ts': imports('../core/a.js'),
      'src/agent/c.ts': imports('../env-bridge/b.js').replace('{ x }', '{ y as x }'),
      'src/cli/d.ts': imports('../core/a.js'),
      'src/doctor/e.ts': imports('../core/a.js'),
    };
    expect(brokenRules(files)).toEqual([]);
  });

  it.each([
    ['core', 'env-bridge'],
    ['env-bridge', 'agent'],
    ['agent', 'model'],
    ['model', 'expert'],
    ['expert', 'players'],
    ['players', 'record'],
    ['record', 'replay'],
    ['replay', 'video'],
    ['datasets', 'training'],
    ['training', 'evaluation'],
    ['evaluation', 'report'],
    ['report', 'cli'],
    ['doctor', 'report'],
    ['core', 'cli'],
    ['doctor', 'cli'],
    ['doctor', 'evaluation'],
    ['evaluation', 'doctor'],
    ['agent', 'doctor'],
  ])('forbid %s to import %s', (room, above) => {
    const files = { [`src/${above}/a.ts`]: leaf, [`src/${room}/b.ts`]: imports(`../${above}/a.js`) };
    expect(brokenRules(files)).toEqual([`${room}-imports-downward`]);
  });

  it('forbid a room without a place, a circle, an import of nothing, and more than its data for a page', () => {
    expect(brokenRules({ 'src/attic/a.ts': leaf, 'src/core/b.ts': imports('../attic/a.js') })).toContain('known-room');
    expect(
      brokenRules({ 'src/core/a.ts': imports('./b.js'), 'src/core/b.ts': `${imports('./a.js')}export const x = 1;` }),
    ).toContain('no-circular');
    expect(brokenRules({ 'src/core/c.ts': imports('./nothing.js') })).toContain('resolvable');
    expect(brokenRules({ 'src/cli/commands/a.ts': leaf, 'src/cli/commands/b.ts': imports('./a.js') })).toContain(
      'no-command-imports-another',
    );
    expect(brokenRules({ 'src/report/links.ts': leaf, 'src/report/page/a.ts': imports('../links.js') })).toContain(
      'page-knows-the-report-only',
    );
  });
});
