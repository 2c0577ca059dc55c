/** What a report says of runs whose every number is known beforehand. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mean, meanInterval, median } from '../../src/evaluation/index.js';
import { formatCount } from '../../src/report/format.js';
import { type PolicyReport, type Report, type WrittenReport, writeReport } from '../../src/report/index.js';
import { editFile } from '../record/support/records.js';
import { writeSyntheticRun } from './support/synthetic-run.js';

const SEEDS = [100_000, 100_001, 100_002, 100_003, 100_004, 100_005];
const SKILLS = { 'pae-lamm:models/pae-lamm-mini': 0.6, 'expert:models/expert-synthetic': 1, random: 0 };

let root: string;
let written: WrittenReport;
let report: Report;
const scores = new Map<string, number>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'report-'));
  for (const [policy, skill] of Object.entries(SKILLS)) {
    const isText = policy.startsWith('pae-lamm');
    for (const [index, seed] of SEEDS.entries()) {
      const folder = join(root, 'runs', `${policy.replace(/\W/g, '-')}-${seed}`);
      scores.set(
        `${policy} ${seed}`,
        await writeSyntheticRun(folder, { policy, seed, skill, isText, decisions: 80 + index }),
      );
      if (index === 0) await writeFile(join(folder, 'episode.mp4'), 'a film');
    }
  }
  const pae = 'pae-lamm:models/pae-lamm-mini';
  await writeSyntheticRun(join(root, 'runs', 'failed'), { policy: pae, seed: 100_006, isText: true, status: 'failed' });
  written = await writeReport([join(root, 'runs')], join(root, 'report'));
  report = JSON.parse(await readFile(written.files.json, 'utf8')) as Report;
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

function policyOf({ games }: Report, label: string): PolicyReport {
  return games[0]?.policies.find((policy) => policy.label === label) as PolicyReport;
}

describe('the numbers', () => {
  it('are those of the episodes, the best policy first', () => {
    expect(report.games).toHaveLength(1);
    expect(report.games[0]?.policies.map(({ label }) => label)).toEqual(['expert', 'pae-lamm', 'random']);
    for (const id of Object.keys(SKILLS)) {
      const { row } = policyOf(report, id.split(':')[0] as string);
      const own = SEEDS.map((seed) => scores.get(`${id} ${seed}`) as number);
      expect(row).toMatchObject({
        episodes: 6,
        mean: mean(own),
        median: median(own),
        interval: meanInterval(own),
      });
    }
  });

  it('keep the failed episode in the table and out of the scores', () => {
    const { row, episodes } = policyOf(report, 'pae-lamm');
    expect(row).toMatchObject({ planned: 7, episodes: 6, failed: 1, missing: 0 });
    expect(episodes.at(-1)).toMatchObject({ status: 'failed', isCounted: false });
    expect(episodes.at(-1)?.trouble).toContain('the model service went away');
    expect(report.problems.filter(({ kind }) => kind === 'failure')).toHaveLength(1);
  });

  it('compare on the same seeds', () => {
    const pairs = report.games[0]?.comparisons ?? [];
    expect(pairs.map(({ row }) => `${row.a} ${row.b}`)).toEqual([
      'expert pae-lamm',
      'expert random',
      'pae-lamm random',
    ]);
    const expected = SEEDS.map(
      (seed) =>
        (scores.get(`expert:models/expert-synthetic ${seed}`) as number) -
        (scores.get(`pae-lamm:models/pae-lamm-mini ${seed}`) as number),
    );
    expect(pairs[0]?.differences.map(({ difference }) => difference)).toEqual(expected);
    expect(pairs[0]?.row).toMatchObject({ episodes: 6, difference: mean(expected), wins: 6 });
  });

  it('normalise by the random play and the expert of the same report', () => {
    expect(policyOf(report, 'random').row.normalised.expert).toBe(0);
    expect(policyOf(report, 'expert').row.normalised.expert).toBe(1);
    expect(policyOf(report, 'pae-lamm').row.normalised.expert).toBeCloseTo(0.6, 1);
  });

  it('count answers, actions, decisions and times of every line', async () => {
    const { row, answers, actions, latency } = policyOf(report, 'pae-lamm');
    const decisions = SEEDS.reduce((sum, _, index) => sum + 80 + index, 100);
    expect(row.answers.decisions).toBe(decisions);
    expect(answers.isText).toBe(true);
    expect(row.answers.parse_failures).toBeGreaterThan(0);
    expect(answers.unusable.reduce((sum, { count }) => sum + count, 0)).toBe(
      Math.round(row.answers.parse_failures * row.answers.questions),
    );
    expect(actions.map(({ name }) => name)).toEqual(['nothing', 'right', 'left', 'gas', 'brake']);
    expect(actions.reduce((sum, { count }) => sum + count, 0)).toBe(decisions);
    expect(latency.policy?.count).toBe(decisions);
    expect(policyOf(report, 'random').answers.isText).toBe(false);
  });

  it('draw a curve that ends at the mean score', () => {
    for (const label of ['expert', 'pae-lamm', 'random']) {
      const { curve, row } = policyOf(report, label);
      expect(curve?.mean[0]).toBe(0);
      expect(curve?.mean.at(-1)).toBeCloseTo(row.mean as number, 9);
    }
  });
});

describe('the files', () => {
  it('link to the videos that are there, by ways that lead to them', async () => {
    const videos = report.games.flatMap(({ policies }) =>
      policies.flatMap(({ episodes }) => episodes.map(({ video }) => video)),
    );
    const present = videos.filter((video) => video !== null);
    expect(present).toHaveLength(3);
    for (const video of present) expect((await stat(join(root, 'report', decodeURI(video)))).isFile()).toBe(true);
  });

  it('hold the manifest of every run, what runs share once', () => {
    const { manifest, episodes } = policyOf(report, 'expert');
    expect(manifest).toMatchObject({ format: 3, policy: { id: 'expert:models/expert-synthetic' } });
    for (const { seed, manifest: own } of episodes) expect(own).toMatchObject({ seed, result: expect.anything() });
  });

  it('say the same as Markdown and CSV', async () => {
    const [markdown, rows, episodes] = await Promise.all(
      [written.files.markdown, written.files.csv, written.files.episodes].map((path) => readFile(path, 'utf8')),
    );
    const expert = policyOf(report, 'expert').row;
    expect(markdown).toContain('# Synthetic Racing');
    expect(markdown).toMatch(new RegExp(`\\| expert \\| 6 \\| 6 \\| 0 \\| 0 \\| ${expert.mean?.toFixed(1)} \\|`));
    const lines = (rows as string).trimEnd().split('\r\n');
    const head = lines[0]?.split(',') ?? [];
    expect(lines).toHaveLength(4);
    expect(Number(lines[1]?.split(',')[head.indexOf('mean')])).toBe(expert.mean);
    // Two tokens' counts a decision, and no price.
    const { spent } = policyOf(report, 'pae-lamm').row;
    expect(spent).toMatchObject({
      prompt_tokens: 400 * policyOf(report, 'pae-lamm').row.answers.decisions,
      cost: null,
    });
    const pae = lines.find((line) => line.includes('pae-lamm'))?.split(',') ?? [];
    expect(Number(pae[head.indexOf('prompt_tokens')])).toBe(spent?.prompt_tokens);
    expect(lines[1]?.split(',')[head.indexOf('prompt_tokens')]).toBe('');
    expect(markdown).toContain(`| pae-lamm | 0 | ${formatCount(spent?.prompt_tokens ?? 0)} |`);
    expect((episodes as string).trimEnd().split('\r\n')).toHaveLength(20);
  });
});

describe('episodes that go together', () => {
  it('count one a seed, the last that came to its end', async () => {
    const folder = join(root, 'again');
    await writeSyntheticRun(join(folder, 'a'), { policy: 'random', seed: 100_001, decisions: 30 });
    await writeSyntheticRun(join(folder, 'b'), {
      ...{ policy: 'random', seed: 100_001, decisions: 20, status: 'failed' },
      editStep: (line) => ({ ...line, reward: 5 }),
    });
    const { report: again } = await writeReport([folder], join(root, 'again-report'));
    const { row, episodes } = policyOf(again, 'random');
    expect(row).toMatchObject({ planned: 1, episodes: 1, failed: 0 });
    expect(episodes.filter(({ isCounted }) => isCounted).map(({ decisions }) => decisions)).toEqual([30]);
  });

  it('have a section for each set of settings, and a row for each checkpoint', async () => {
    const folder = join(root, 'settings');
    const base = { policy: 'pae-lamm:models/mini', seed: 100_001, decisions: 10 };
    await writeSyntheticRun(join(folder, 'a'), base);
    await writeSyntheticRun(join(folder, 'b'), {
      ...base,
      edit: (header) => ({
        ...header,
        policy: { ...header.policy, provenance: { checkpoint_sha256: 'cd'.repeat(32) } },
      }),
    });
    await writeSyntheticRun(join(folder, 'c'), {
      ...base,
      edit: (header) => ({ ...header, arguments: { given: [], resolved: { maxSteps: 10 } } }),
    });
    const { report: several } = await writeReport([folder], join(root, 'settings-report'));
    expect(several.games.map(({ name, maxSteps }) => [name, maxSteps])).toEqual([
      ['synthetic', null],
      ['synthetic (2)', 10],
    ]);
    expect(several.games.map(({ title }) => title.replace(/^.*?, /, ''))).toEqual([
      'to the end',
      '10 decisions at most',
    ]);
    expect(several.games[0]?.policies.map(({ label }) => label).sort()).toEqual([
      'pae-lamm:models/mini @abababab',
      'pae-lamm:models/mini @cdcdcdcd',
    ]);
    expect(several.problems.map(({ summary }) => summary).join()).toContain('different settings');
  });

  it('stand in one row whether they were played in an evaluation or alone', async () => {
    const folder = join(root, 'both');
    for (const [seed, more] of [
      [100_001, {}],
      [100_002, { close_call_margin: 0.001 }],
    ] as const) {
      await writeSyntheticRun(join(folder, String(seed)), {
        ...{ policy: 'random', seed, decisions: 10 },
        edit: (header) => ({
          ...header,
          policy: { ...header.policy, provenance: { ...header.policy.provenance, ...more } },
        }),
      });
    }
    const { report: both } = await writeReport([folder], join(root, 'both-report'));
    expect(policyOf(both, 'random').row).toMatchObject({ planned: 2, episodes: 2 });
  });

  it('that an evaluation planned and nobody played are missing, not forgotten', async () => {
    const folder = join(root, 'evaluation');
    const entry = { game_given: 'synthetic', game_sha256: '0', spec: 'random', provenance: null };
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'evaluation.json'),
      JSON.stringify({
        ...{ format: 1, name: 'test', given: [], seeds: '100000..100009', max_decisions: null, plain: false },
        entries: [
          { ...entry, game: 'synthetic', policy: 'chance' },
          { ...entry, game: 'synthetic', policy: 'never' },
        ],
        ...{ versions: {}, starts: [], finished: null },
      }),
    );
    for (const seed of [100_000, 100_001]) {
      const run = join(folder, 'episodes', 'synthetic', 'chance', String(seed));
      await writeSyntheticRun(run, { policy: 'random', seed, decisions: 10 });
    }
    const { report: planned } = await writeReport([folder], join(root, 'evaluation-report'));
    expect(policyOf(planned, 'chance').row).toMatchObject({ planned: 10, episodes: 2, failed: 0, missing: 8 });
    expect(planned.problems).toContainEqual(
      expect.objectContaining({ kind: 'failure', summary: expect.stringContaining('never: planned on 10 seeds') }),
    );
    expect(planned.evaluations).toMatchObject([{ manifest: { name: 'test' } }]);
  });
});

describe('what is no run', () => {
  it.each([
    ['a folder that is not there', 'nowhere', 'cannot be read'],
    ['a folder without records', 'empty', 'no episode record'],
    ['a file', 'file', 'no run folder'],
  ])('%s is told, and nothing is written', async (_what, name, message) => {
    await mkdir(join(root, 'empty'), { recursive: true });
    await writeFile(join(root, 'file'), '');
    await expect(writeReport([join(root, name)], join(root, 'unwritten'))).rejects.toMatchObject({
      code: 'record',
      summary: expect.stringContaining(message),
      details: { next: expect.any(String) },
    });
    await expect(stat(join(root, 'unwritten'))).rejects.toThrow();
  });

  it('stops when asked to, and leaves the report before untouched', async () => {
    const before = await readFile(written.files.html, 'utf8');
    const stopped = new AbortController();
    const options = { signal: stopped.signal, onRecord: () => stopped.abort(new Error('stopped')) };
    await expect(writeReport([join(root, 'runs')], join(root, 'report'), options)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readFile(written.files.html, 'utf8')).toBe(before);
  });
});

describe('a record that was changed', () => {
  it('counts as failed and says what contradicts what', async () => {
    const folder = join(root, 'changed');
    await writeSyntheticRun(join(folder, 'a'), { policy: 'random', seed: 100_001 });
    await writeSyntheticRun(join(folder, 'b'), { policy: 'random', seed: 100_002 });
    await editFile(join(folder, 'a'), 'steps.jsonl', (text) => text.replace(/("step":7,.*"reward":)[^,]+/, '$1999'));
    await editFile(join(folder, 'b'), 'manifest.json', (text) => text.replace(/"score": [^,]+/, '"score": 999'));
    const { report: changed } = await writeReport([folder], join(root, 'changed-report'));
    const { row, episodes } = policyOf(changed, 'random');
    expect(row).toMatchObject({ planned: 2, episodes: 0, failed: 2, mean: null });
    expect(episodes[0]?.trouble).toContain('step 7 contradicts the hash chain');
    expect(episodes[1]?.trouble).toContain('the manifest says score 999');
    expect(changed.verified).toBe(0);
  });
});
