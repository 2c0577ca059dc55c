import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAbandoned, ownTag, startOf, sweepBy, sweepFolder, sweepRuns, taggedFolder } from '../../src/core/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-sweep-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const [pid = '', start = '', world = ''] = ownTag().split('-');
/** As a process of this one's number left it that started earlier. */
const LATER_NUMBER = `${pid}-${(Number.parseInt(start, 36) - 1).toString(36)}-${world}`;

describe('the tag of a process', () => {
  it('is that of a living one until it is dead', async () => {
    expect(isAbandoned(ownTag())).toBe(false);
    const child = spawn('sleep', ['60']);
    const tag = `${child.pid?.toString(36)}-${Number(startOf(child.pid as number) ?? 0).toString(36)}-${world}`;
    expect(isAbandoned(tag)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAbandoned(tag)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is not that of a later process with the same number', () => {
    expect(isAbandoned(LATER_NUMBER)).toBe(true);
  });

  it('says nothing of processes of another machine', () => {
    expect(isAbandoned(`${pid}-1-zzzzzz`)).toBe(false);
  });
});

describe.runIf(process.platform === 'linux')('sweeping', () => {
  const left = [`.episode.mp4.${LATER_NUMBER}.tmp`, `manifest.json.${LATER_NUMBER}.3.tmp`];
  const kept = [`.episode.mp4.${ownTag()}.tmp`, 'manifest.json', 'notes.tmp', '.a.mp4.1-1-zzzzzz.tmp'];

  it('removes what a dead process was to give a name, and nothing else', async () => {
    for (const name of [...left, ...kept]) await writeFile(join(folder, name), '');
    await sweepFolder(folder);
    expect((await readdir(folder)).sort()).toEqual([...kept].sort());
  });

  it('goes through runs that lie side by side', async () => {
    await mkdir(join(folder, 'run'));
    for (const name of left) await writeFile(join(folder, 'run', name), '');
    await sweepRuns(folder);
    expect(await readdir(join(folder, 'run'))).toEqual([]);
  });

  it('removes folders of dead processes, with what is in them', async () => {
    await mkdir(join(folder, `agent-envs-${LATER_NUMBER}-abcdef`, 'x'), { recursive: true });
    await mkdir(join(folder, `agent-envs-${ownTag()}-abcdef`));
    await sweepBy(folder, taggedFolder('agent-envs-'));
    expect(await readdir(folder)).toEqual([`agent-envs-${ownTag()}-abcdef`]);
  });

  it('is no trouble where there is nothing', async () => {
    await sweepFolder(join(folder, 'nowhere'));
    await sweepRuns(join(folder, 'nowhere'));
  });
});
