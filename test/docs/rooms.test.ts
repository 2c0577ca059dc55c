/**
 * CONTRIBUTING's table of rooms is that of the folders, in the order of the layers; and the files that are named are
 * there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

const text = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

interface Rules {
  readonly forbidden: readonly { readonly name: string; readonly to: { readonly path?: string } }[];
}
const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Rules;

/** Rooms that `room` must not import. */
const above = (room: string): string[] => {
  const path = forbidden.find(({ name }) => name === `${room}-imports-downward`)?.to.path ?? '()';
  return (/\(([^)]*)\)/.exec(path)?.[1] ?? '').split('|').filter((name) => name !== '');
};

const rooms = [...text('CONTRIBUTING.md').matchAll(/^\| `src\/([a-z-]+)` \|/gm)].map((row) => row[1] as string);

describe('the table of rooms', () => {
  it('has a row for each folder of src, and none besides', () => {
    const folders = readdirSync(join(projectRoot, 'src'), { withFileTypes: true }).filter((it) => it.isDirectory());
    expect([...rooms].sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it('is in the order of the layers: what a room must not import stands below it', () => {
    for (const [index, room] of rooms.entries()) {
      const wrong = above(room).filter((name) => rooms.indexOf(name) < index && !above(name).includes(room));
      expect(wrong, `above ${room}`).toEqual([]);
    }
    // The layers are strict: every room but the last two has one that it must not import.
    expect(rooms.filter((room) => above(room).length === 0)).toEqual(['cli']);
  });
});

describe('files that are named', () => {
  const NAMED = /`((?:src|envs|configs|test|scripts|examples|docs)\/[\w./-]+)`/g;
  it.each(['CONTRIBUTING.md', 'docs/ways.md', 'docs/training-map.md'])('in %s are there', (page) => {
    const named = [...text(page).matchAll(NAMED)]
      .map((match) => match[1] as string)
      .filter((it) => !it.includes('NAME'));
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});
