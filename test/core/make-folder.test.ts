import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../src/core/index.js';

async function scratch(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'make-folder-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

it('makes a folder with its parents, and leaves one that is there, by a link too', async () => {
  const root = await scratch();
  const deep = join(root, 'a', 'b', 'c');
  await makeFolder(deep);
  await makeFolder(deep);
  expect((await stat(deep)).isDirectory()).toBe(true);
  await symlink(deep, join(root, 'link'));
  await makeFolder(join(root, 'link', 'd'));
  expect((await stat(join(deep, 'd'))).isDirectory()).toBe(true);
});

it('is made by many at once', async () => {
  const root = await scratch();
  await Promise.all(Array.from({ length: 20 }, (_, i) => makeFolder(join(root, 'x', 'y', String(i % 3)))));
  expect((await stat(join(root, 'x', 'y', '2'))).isDirectory()).toBe(true);
});

it('rejects where a file is in the way, and where nothing can be made', async () => {
  const root = await scratch();
  await writeFile(join(root, 'file'), '');
  await mkdir(join(root, 'folder'));
  await expect(makeFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(root, 'file', 'below', 'it'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolder('/proc/nothing/can/be/made')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
  await expect(makeFolder(join(root, 'folder', 'n'.repeat(300)))).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
});
