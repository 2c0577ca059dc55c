/** The parts of the view, each by itself. */
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeQueueProgress } from '../../src/evaluation/index.js';
import { openRecord, readSteps } from '../../src/record/index.js';
import { entropyOf } from '../../src/view/episode-lines.js';
import { listPage, listQuestion } from '../../src/view/list-page.js';
import { pictureBlock, readBlock } from '../../src/view/picture-blocks.js';
import { RunList } from '../../src/view/run-list.js';
import { readAddress, writeAddress } from '../../web/view/address.js';
import { actionOf, proposedKeys } from '../../web/view/keys.js';
import { queueInWords } from '../../web/view/queue-words.js';
import { writeSyntheticRun } from '../report/support/synthetic-run.js';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'view-parts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('the list', () => {
  it('finds runs and evaluations, follows no link, and sees what was added and ended since', async () => {
    const root = await scratch();
    await writeSyntheticRun(join(root, 'a'), { policy: 'random', seed: 1, decisions: 5 });
    await mkdir(join(root, 'eval'));
    await writeFile(join(root, 'eval', 'evaluation.json'), '{}');
    const episode = join(root, 'eval', 'episodes', 'g', 'expert', '2');
    await writeSyntheticRun(episode, { policy: 'expert', seed: 2, decisions: 9 });
    await symlink('/', join(root, 'outside'));
    await mkdir(join(root, 'broken'));
    await writeFile(join(root, 'broken', 'manifest.json'), '{"format":3}');
    const list = new RunList([root]);
    const first = await list.look();
    expect(first.rows.map(({ run, status }) => `${run} ${status}`).sort()).toEqual([
      'a finished',
      'broken unreadable',
      'eval/episodes/g/expert/2 finished',
    ]);
    expect(first.evaluations).toMatchObject([{ run: 'eval', episodes: 1 }]);
    await writeSyntheticRun(join(root, 'b'), { policy: 'random', seed: 3, decisions: 5 });
    expect((await list.look()).rows).toHaveLength(4);
    const asked = (question: object) => listPage(first, listQuestion.parse(question), false).rows.map(({ run }) => run);
    expect(asked({ words: 'EXPERT seed' })).toEqual(['eval/episodes/g/expert/2']);
    expect(asked({ evaluation: first.evaluations[0]?.id })).toEqual(['eval/episodes/g/expert/2']);
    expect(asked({ sort: 'decisions', count: 1 })).toEqual(['eval/episodes/g/expert/2']);
    expect(list.folderOf('0123456789abcdef')).toBeUndefined();
  });
});

describe('a queue that plays', () => {
  it('is told while its coordinator is there: who plays what, how fast, what was refused', async () => {
    const root = await scratch();
    const run = join(root, 'eval');
    await mkdir(run);
    await writeFile(join(run, 'evaluation.json'), '{}');
    const list = new RunList([root]);
    const told = async () => (await list.look()).evaluations[0]?.queue;
    expect(await told()).toBeNull();
    const queue = {
      ...{ written: new Date().toISOString(), open: 1200, accepted: 1, refused: 2, perSecond: 3.14, workers: 1 },
      shown: [{ worker: 'host-1', row: 'carracing expert', active: 8, played: 30 }],
    };
    await writeQueueProgress(run, queue);
    expect(await told()).toEqual(queue);
    expect(queueInWords(queue)).toBe('1 episode came in, 1,200 open, 3.1 episodes/s, 2 answers refused, 1 worker');
    // A killed coordinator's is soon not true any more, and what fits nothing is not shown.
    await writeQueueProgress(run, { ...queue, written: new Date(Date.now() - 60_000).toISOString() });
    expect(await told()).toBeNull();
    await writeFile(join(run, 'queue-progress.json'), JSON.stringify({ ...queue, open: -1 }));
    expect(await told()).toBeNull();
  });
});

describe('a record that grows', () => {
  it('is read on as long as more is to come', async () => {
    const root = await scratch();
    const folder = join(root, 'run');
    await writeSyntheticRun(folder, { policy: 'random', seed: 1, decisions: 6 });
    const path = join(folder, 'steps.jsonl');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    // The first four lines and half of the fifth; then the rest, in two pieces.
    const [a, b] = [`${lines.slice(0, 4).join('\n')}\n${lines[4]?.slice(0, 20)}`, `${lines[4]?.slice(20)}\n`];
    await writeFile(path, a);
    const pieces = [b, `${lines.slice(5).join('\n')}\n`];
    const waitForMore = async (): Promise<boolean> => {
      const piece = pieces.shift();
      if (piece !== undefined) await appendFile(path, piece);
      return piece !== undefined;
    };
    const steps: number[] = [];
    for await (const { step } of readSteps(await openRecord(folder), { waitForMore })) steps.push(step);
    expect(steps).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('small things', () => {
  it('pictures come out of a block as they went in', async () => {
    const picture = (value: number) => ({ width: 2, height: 1, data: Uint8Array.of(value, 0, 0, 0, value, 0) });
    const { frames, given } = readBlock(await pictureBlock([picture(1), picture(2)], [picture(3)]));
    expect([frames.length, given.length]).toEqual([2, 1]);
    expect(frames[0]?.subarray(1, 4).toString()).toBe('PNG');
  });

  it('entropy is in bits, of chances alone', () => {
    expect(entropyOf({ kind: 'chances', numbers: [0.5, 0.25, 0.25, 0] })).toBe(1.5);
    expect(entropyOf({ kind: 'values', numbers: [1, 2] })).toBeNull();
  });

  it('keys are proposed by the names of actions, and the most keys win', () => {
    const names = ['noop', 'fire', 'right', 'left', 'right+fire', 'left+fire'];
    const keys = proposedKeys(names, 0);
    const act = (...down: string[]) => names[actionOf(new Set(down), keys, 0)];
    expect(act()).toBe('noop');
    expect(act('Space')).toBe('fire');
    expect(act('ArrowLeft', 'Space')).toBe('left+fire');
    expect(act('ArrowRight', 'KeyX')).toBe('right');
    expect(proposedKeys(['stay', 'north', 'south'], 0)).toEqual([[], ['Digit1'], ['Digit2']]);
  });

  it('an address names the same view again, whatever stands in it', () => {
    for (const hash of [
      '#/',
      '#/live',
      '#/play',
      '#/episodes/0a,1b?at=12.5&by=time&speed=2',
      '#/?words=a+b&sort=score&from=100',
    ]) {
      expect(writeAddress(readAddress(hash))).toBe(hash);
    }
    expect(readAddress('#/episodes/0a,<script>,1b,2c,3d,4e?at=-1&speed=x')).toMatchObject({
      ids: ['0a', '1b', '2c', '3d'],
      at: null,
      speed: 1,
    });
  });
});
