/** What a report does not conclude: of few episodes, of one played many times, of some that a limit cut short. */

import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playEpisode } from '../../src/agent/index.js';
import { EvaluationFolder } from '../../src/evaluation/index.js';
import { EpisodeRecorder, openRecord } from '../../src/record/index.js';
import { type Report, writeReport } from '../../src/report/index.js';
import { episode, options } from '../agent/support/episodes.js';
import { type SyntheticRun, writeSyntheticRun } from './support/synthetic-run.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'few-and-same-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function report(): Promise<{ report: Report; page: string; markdown: string }> {
  const { files, report: made } = await writeReport([join(root, 'runs')], join(root, 'report'));
  return { report: made, page: await readFile(files.html, 'utf8'), markdown: await readFile(files.markdown, 'utf8') };
}

async function write(policy: string, count: number, run: (index: number) => Partial<SyntheticRun> = () => ({})) {
  for (let index = 0; index < count; index++) {
    const seed = 100_000 + index;
    const folder = join(root, 'runs', `${policy}-${seed}`);
    await writeSyntheticRun(folder, { policy, seed, decisions: 5, ...run(index) });
  }
}

const VERDICT = 'luck with the seeds hardly explains';
const noticesOf = (made: Report) => made.problems.map(({ summary }) => summary).join('\n');

describe('a report', () => {
  it('of fewer than twenty pairs has no verdict in words and says that intervals are rough', async () => {
    for (const policy of ['one', 'other']) await write(policy, 19);
    const few = await report();
    expect(few.page).not.toContain(VERDICT);
    expect(few.page).toContain('nothing follows from it alone');
    expect(noticesOf(few.report)).toContain('Of fewer than 20 episodes an interval is a rough guide');
  });

  it('of twenty pairs has the verdict, and the paired share beside the unpaired probability', async () => {
    for (const [index, policy] of ['one', 'other'].entries()) await write(policy, 20, () => ({ skill: index * 3 }));
    const { report: made, page, markdown } = await report();
    expect(page).toContain(VERDICT);
    expect(noticesOf(made)).not.toContain('rough guide');
    expect(made.games[0]?.comparisons[0]?.row).toMatchObject({ wins: 20, share_ahead: 1 });
    expect(page).toContain('ahead on 20 of 20 seeds [83.9\u202f% to 100\u202f%]; any seed against any other');
    expect(markdown).toContain('Probability of improvement, unpaired');
  });

  it('says that episodes are one and the same, and has no interval of equal scores', async () => {
    // The same draws on every seed: the same actions, rewards and observations.
    await write('still', 10, (index) => ({
      seed: 7,
      edit: (header) => ({
        ...header,
        seed: 100_000 + index,
        arguments: { given: null, resolved: { maxSteps: null } },
      }),
    }));
    const { report: made, page, markdown } = await report();
    expect(made.games[0]?.policies[0]?.row).toMatchObject({ episodes: 10, distinct: 1, interval: null });
    expect(noticesOf(made)).toContain('of 10 episodes only 1 is different (equal hash chains)');
    expect(page).toContain('all the same');
    expect(markdown).toContain('all the same');
  });

  it('says that episodes were cut short where the record names no limit', async () => {
    await write('cut', 3, () => ({ status: 'stopped' }));
    expect(noticesOf((await report()).report)).toContain('not to be compared with whole ones');
  });

  it('shows how many reached the goal of the game', async () => {
    const goal = 2;
    await write('racer', 4, (index) => ({
      skill: index,
      edit: (header) => ({ ...header, game: { ...header.game, config: { ...header.game.config, goal } } }),
    }));
    const { report: made, page, markdown } = await report();
    const { row } = made.games[0]?.policies[0] ?? {};
    expect(row?.success).toMatchObject({ goal, episodes: 3, rate: 0.75 });
    expect(page).toContain('3 of 4');
    expect(markdown).toContain('Reached goal, 95 % interval');
  });

  it('passes by what an evaluation has set aside, and says how much that was', async () => {
    const entry = {
      game: 'synthetic',
      game_given: 'x',
      game_sha256: 'x',
      policy: 'racer',
      spec: 'x',
      provenance: null,
    };
    const aside = { game: 'synthetic', policy: 'racer', seed: 1, reason: 'no end', folder: 'set-aside/1' };
    const runs = join(root, 'runs');
    await mkdir(runs);
    const file = {
      format: 1 as const,
      name: 'x',
      given: [],
      seeds: '100000..100001',
      max_decisions: null,
      plain: false,
    };
    const rest = { entries: [entry], versions: {}, starts: [], finished: null, set_aside: [aside] };
    const folder = await EvaluationFolder.create({ exactly: join(runs, 'evaluation') }, { ...file, ...rest });
    for (const seed of [100_000, 100_001]) {
      await writeSyntheticRun(folder.episodeFolder(entry, seed), { policy: 'racer', seed, decisions: 5 });
    }
    await mkdir(join(folder.path, 'set-aside'));
    await rename(folder.episodeFolder(entry, 100_001), join(folder.path, 'set-aside', '100001'));
    const { report: made } = await report();
    expect(made.games[0]?.policies[0]?.row).toMatchObject({ planned: 2, episodes: 1, missing: 1 });
    expect(noticesOf(made)).toContain('set aside and played again: 1');
  });
});

describe('an episode that the library played', () => {
  it('has its limit in its record, so that no report sets it beside a longer one', async () => {
    for (const maxSteps of [2, undefined]) {
      const folder = join(root, 'runs', String(maxSteps));
      const recorder = new EpisodeRecorder({
        folder: { exactly: folder },
        arguments: { given: null, resolved: {} },
        versions: {},
        git: null,
      });
      const limit = maxSteps === undefined ? {} : { maxDecisions: maxSteps };
      await playEpisode({ ...options(), ...limit, episode: { ...episode(), observers: [recorder] } });
      const { manifest } = await openRecord(folder);
      expect(manifest.arguments.resolved.maxSteps).toBe(maxSteps ?? null);
    }
    const { report: made } = await report();
    expect(made.games.map(({ maxSteps, policies }) => [maxSteps, policies[0]?.row.episodes])).toEqual(
      expect.arrayContaining([
        [2, 1],
        [null, 1],
      ]),
    );
    expect(new Set(made.games.map(({ title }) => title)).size).toBe(2);
  });
});
