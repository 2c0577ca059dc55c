/** A lock is held by a living process, and by that very one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockForProcess, startOf } from '../../src/core/index.js';

const locked = { code: 'dataset', message: 'it is taken', expected: 'one', next: 'wait' } as const;

async function lockPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'it.lock');
}

it('is refused while it is held, and free afterwards', async () => {
  const path = await lockPath();
  {
    await using _lock = await lockForProcess(path, locked);
    const details = { got: `process ${process.pid} has it`, where: path, next: 'wait' };
    await expect(lockForProcess(path, locked)).rejects.toMatchObject({ code: 'dataset', details });
  }
  expect(existsSync(path)).toBe(false);
  await using _again = await lockForProcess(path, locked);
});

it('of a killed process is taken at once', async () => {
  const path = await lockPath();
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await writeFile(path, `${child.pid} ${startOf(child.pid as number)}\n`);
  await expect(lockForProcess(path, locked)).rejects.toMatchObject({ code: 'dataset' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await using _lock = await lockForProcess(path, locked);
  expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
});

it.each([
  ['whose number another process has by now', `${process.pid} 1\n`],
  ['that a full disk left empty', ''],
  ['that is no lock', 'hello\n'],
])('%s is taken', async (_what, text) => {
  const path = await lockPath();
  await writeFile(path, text);
  await using _lock = await lockForProcess(path, locked);
});
