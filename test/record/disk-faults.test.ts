/** What a record is worth when the process or the disk under it fails. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EpisodeRecorder, openRecord } from '../../src/record/index.js';
import { StepLog } from '../../src/record/step-log.js';
import { checkRecord } from '../../src/replay/index.js';
import { play } from '../replay/support/fake-game.js';
import { recorderOptions, temporaryFolder } from './support/records.js';

const CHILD = fileURLToPath(new URL('./support/writing-child.ts', import.meta.url));

/** Starts the program that records without end; `before` is shell that limits it first. */
function startWriting(folder: string, rawLength: number, before = ':'): ChildProcess {
  const node = [process.execPath, '--import', 'tsx', CHILD, folder, String(rawLength)];
  return spawn('bash', ['-c', `${before}; exec "$@"`, 'bash', ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function linesOf(child: ChildProcess, until: (lines: string[]) => boolean = () => false): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    lines.push(line);
    if (until(lines)) break;
  }
  return lines;
}

describe('a killed run', () => {
  it('keeps every step that was recorded before the kill, and verifies', async () => {
    const folder = await temporaryFolder();
    const child = startWriting(folder, 100);
    const closed = once(child, 'close');
    const lines = await linesOf(child, ({ length }) => length >= 500);
    child.kill('SIGKILL');
    await closed;
    const record = await openRecord(folder);
    expect(record.manifest).toMatchObject({ status: 'running', finished: null, result: null });
    const check = await checkRecord(record);
    expect(check.isVerified).toBe(true);
    expect(check.decisions).toBeGreaterThanOrEqual(lines.length);
  });
});

describe('a full disk', () => {
  it('fails the episode with what to do, and loses nothing that was written', async () => {
    const folder = await temporaryFolder();
    // No file of more than 128 blocks: what a write is told is that of a full disk but for the name of the error.
    const child = startWriting(folder, 1000, 'ulimit -f 128');
    const lines = await linesOf(child);
    expect(lines.slice(-2)).toEqual([expect.stringMatching(/^record .*ulimit/), 'manifest failed']);
    const record = await openRecord(folder);
    expect(record.manifest).toMatchObject({ status: 'failed', error: { code: 'record' } });
    const check = await checkRecord(record);
    expect(check).toMatchObject({ isVerified: true, decisions: lines.length - 2, tornLine: null });
  });

  it.runIf(process.platform === 'linux')('is told apart by its name, and refuses every later step too', async () => {
    const path = join(await temporaryFolder(), 'steps.jsonl');
    await symlink('/dev/full', path);
    const log = new StepLog(path, 'w');
    const full = expect.objectContaining({
      code: 'record',
      details: expect.objectContaining({ where: path, next: expect.stringContaining('free space') }),
    });
    expect(() => log.append({ step: 0 })).toThrow(full);
    expect(() => log.append({ step: 1 })).toThrow(full);
    log.close();
    log.close();
  });
});

describe('a folder that cannot be written', () => {
  it('fails the episode before it begins', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o555);
    const recorder = new EpisodeRecorder(recorderOptions({ runs: join(folder, 'runs') }));
    const end = await asOrdinaryUser(() => play([recorder]));
    expect(end).toMatchObject({
      status: 'failed',
      steps: 0,
      error: { code: 'record', details: { next: expect.stringContaining('permissions') } },
    });
    expect(recorder.folder).toBeUndefined();
  });

  it('fails the episode where a part of its path is a file', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const recorder = new EpisodeRecorder(recorderOptions({ runs: join(file, 'runs') }));
    expect(await play([recorder])).toMatchObject({ status: 'failed', error: { code: 'record' } });
  });
});

describe('a record that goes away while it is written', () => {
  const recordAnd = async (atStepThree: (folder: string) => Promise<unknown>) => {
    const recorder = new EpisodeRecorder(recorderOptions({ exactly: join(await temporaryFolder(), 'run') }));
    const act = async ({ step }: { step: number }) => {
      if (step === 3) await atStepThree(recorder.folder as string);
    };
    return play([recorder, { onStep: act }]);
  };

  it('is missed at the end at the latest when it was deleted', async () => {
    const end = recordAnd((folder) => rm(folder, { recursive: true }));
    await expect(end).rejects.toMatchObject({ code: 'record', details: { next: expect.stringContaining('deleted') } });
  });

  it('is missed within a second when it was deleted', async () => {
    const path = join(await temporaryFolder(), 'steps.jsonl');
    const log = new StepLog(path);
    log.append({ step: 0 });
    await rm(path);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(() => log.append({ step: 1 })).toThrow(/deleted while the episode ran/);
    log.close();
  });

  it('keeps its steps when it was moved', async () => {
    let moved = '';
    const end = recordAnd(async (folder) => {
      moved = `${folder}-moved`;
      await rename(folder, moved);
    });
    await expect(end).rejects.toMatchObject({ code: 'record' });
    expect((await readFile(join(moved, 'steps.jsonl'), 'utf8')).split('\n')).toHaveLength(22);
  });
});

it('refuses a line that no reader would take, and keeps those before it', async () => {
  const path = join(await temporaryFolder(), 'steps.jsonl');
  const log = new StepLog(path);
  log.append({ step: 0 });
  expect(() => log.append({ raw: 'x'.repeat(5 * 2 ** 20) })).toThrow(/too large/);
  log.close();
  expect(await readFile(path, 'utf8')).toBe('{"step":0}\n');
});

it('does not write into a record that is there', async () => {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'steps.jsonl'), 'precious');
  expect(() => new StepLog(join(folder, 'steps.jsonl'))).toThrow(expect.objectContaining({ code: 'record' }));
  expect(await readFile(join(folder, 'steps.jsonl'), 'utf8')).toBe('precious');
});

/** Permissions mean nothing to root, which tests in a container often run as. */
async function asOrdinaryUser<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
