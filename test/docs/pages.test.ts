/** Every page: lines that fit, and links that lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

const WIDTH = 120;
const under = (folder: string) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = ['README.md', 'CONTRIBUTING.md', ...under('docs'), ...under('docs/decisions'), ...under('examples')];
const cards = readdirSync(join(projectRoot, 'models')).map((name) => join('models', name, 'README.md'));

const text = (page: string) => readFileSync(join(projectRoot, page), 'utf8');
/** The page without code blocks and code spans, line for line. */
const prose = (page: string) =>
  text(page)
    .replace(/^ *```[\s\S]*?^ *```/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`\n]*`/g, (code) => '`'.repeat(code.length));

/** The anchors of a page, as GitHub makes them of its headings. */
const anchors = (page: string) =>
  [...prose(page).matchAll(/^#+ .*$/gm)].map(({ index, 0: line }) => {
    const heading = text(page).split('\n')[prose(page).slice(0, index).split('\n').length - 1] ?? line;
    return heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  });

/** Lines that cannot be broken: rows of tables, code, and a link or code that is as long as the line. */
const mayBeLong = (line: string) => /^ *\||^ {4}/.test(line) || !/\S\s+\S/.test(line.trim().replace(/^[-*] /, ''));

describe.each(pages)('%s', (page) => {
  it(`has no line beyond ${WIDTH} columns but rows of tables and code`, () => {
    const lines = text(page).split('\n');
    const shown = prose(page).split('\n');
    const long = lines.flatMap((line, index) =>
      [...line].length > WIDTH && shown[index] !== '' && !mayBeLong(line) ? [`${index + 1}: ${line}`] : [],
    );
    expect(long).toEqual([]);
  });
});

describe.each([...pages, ...cards])('%s', (page) => {
  it('links to what is there', () => {
    const broken = [...prose(page).matchAll(/\]\(\s*([^)\s]+)\)/g)]
      .map((match) => match[1] as string)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(projectRoot, target))) return true;
        return anchor !== undefined && target.endsWith('.md') && !anchors(target).includes(anchor);
      });
    expect(broken).toEqual([]);
  });
});
