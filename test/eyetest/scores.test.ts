/** Eye tests beside scores in games: which tables are read, what is held beside what, and what the report says. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { asMarkdown, resultOf } from '../../src/eyetest/index.js';
import type { EyeReportModel } from '../../src/eyetest/report/eye-report.js';
import { eyePage } from '../../src/eyetest/report/page.js';
import { alikeInWords } from '../../src/eyetest/report/score-plates.js';
import { type EyesAndScores, eyesBesideScores } from '../../src/eyetest/scores/beside.js';
import { readScores } from '../../src/eyetest/scores/read-scores.js';
import { agent, scratchFolder } from '../cli/agent-command.js';
import { goThrough, PLAN } from './support/observers.js';

const REFERENCE = join(import.meta.dirname, '../../runs/reference');

async function inFolder(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scores-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

it('reads the tables of agent eval, agent experiment and agent sights', async () => {
  const games = await readScores([join(REFERENCE, 'games.json')]);
  expect(
    games.find(({ policy, measure }) => policy === 'expert' && measure === 'score in carracing')?.value,
  ).toBeCloseTo(877.1, 1);
  const grid = await readScores([join(REFERENCE, 'imitation.json')]);
  const tens = grid.filter(({ measure }) => measure === 'score in carracing, learnt from 10 episodes of expert');
  expect(tens.filter(({ policy }) => policy === 'plain').map(({ value }) => value)).toContain(517.4202522196058);
  expect(grid.some(({ measure }) => measure.includes('all'))).toBe(false);
  const sights = await readScores([join(REFERENCE, 'sights-spaceinvaders.json')]);
  expect(new Set(sights.map(({ measure }) => measure))).toContain('does as taught in spaceinvaders');
});

it('keeps what was played against the clock apart, and refuses the same score twice', async () => {
  const row = { game: 'g', policy: 'p', mean: 1 };
  const file = await inFolder('results.json', JSON.stringify({ rows: [row, { ...row, clock: 1 }] }));
  const scores = await readScores([file, file]);
  expect(scores.map((one) => one.measure)).toEqual(['score in g', 'score in g at 1 times its speed']);
  const other = await inFolder('results.json', JSON.stringify({ rows: [row] }));
  const twice = await inFolder('results.json', JSON.stringify({ rows: [row, row] }));
  await expect(readScores([file, other])).rejects.toMatchObject({ code: 'usage', details: { where: other } });
  await expect(readScores([twice])).rejects.toMatchObject({ code: 'usage' });
});

it('reads the table of a real evaluation', { timeout: 120_000 }, async () => {
  const out = join(await inFolder('empty', ''), '../eval');
  const { exitCode, stderr } = await agent(
    ...[['eval', '--game', 'carracing', '--policy', 'noop', '--seeds', '100000', '--max-decisions', '3', '--out', out]],
  );
  expect(exitCode, stderr).toBe(0);
  const [score, ...more] = await readScores([join(out, 'results.json')]);
  expect(score).toMatchObject({ measure: 'score in carracing', policy: 'noop' });
  expect(more).toEqual([]);
});

it('refuses what is none of them, with the file and what was expected', async () => {
  const wrong = [
    await inFolder('a.json', 'not JSON'),
    await inFolder('b.json', '{"rows": []}'),
    await inFolder('c.json', '{"rows": [{"game": 3}]}'),
    '/nowhere/table.json',
    '/dev/zero',
  ];
  for (const file of wrong) {
    await expect(readScores([file])).rejects.toMatchObject({ code: 'usage', details: { where: file } });
  }
});

/** A model with one test of each kind. */
function model(name: string, gap: number, error: number | null, beyond: 'easier' | 'harder' | null = null) {
  const levels = [1, 48].map((level) => ({ level, asked: 1, right: 1 }));
  return {
    ...{ model: name, label: name, plan: { side: 224 } },
    results: [{ test: 'gap', unit: 'pixels', harder: 'smaller', threshold: gap, beyond, levels, asked: 4, usable: 2 }],
    numbers: [{ test: 'pixels-games', form: 'trained', unit: 'of 255', error, asked: 4, usable: 4 }],
  } as unknown as EyeReportModel;
}

const MODELS = [model('a', 2, 1), model('b', 4, 2), model('c', 90, null, 'easier'), model('d', 0.2, 4, 'harder')];
const measure = 'score in a game';
const scored = (policy: string, value: number) => ({ measure, policy, value });

it('is above zero where who sees better scores more, whichever way the axis goes', () => {
  const scores = [scored('a', 30), scored('a', 32), scored('B', 20), scored('c', 10), scored('d', 40), scored('e', 1)];
  const [gap, pixels] = eyesBesideScores(MODELS, scores, (name) => (name === 'b' ? 'B' : name));
  expect(gap).toMatchObject({ test: 'gap', measure, better: 'smaller' });
  // Two trainings share the place of a, so that even a perfect order is a little below 1.
  expect(gap?.correlation).toBeCloseTo(0.9747, 4);
  // Beyond all levels: at their end.
  expect(gap?.models.map(({ label, eye, scores: own }) => [label, eye, own])).toEqual([
    ['a', 2, [30, 32]],
    ['b', 4, [20]],
    ['c', 48, [10]],
    ['d', 1, [40]],
  ]);
  // c has no error there; d errs most and scores most.
  expect(pixels).toMatchObject({ test: 'pixels-games, as trained' });
  expect(pixels?.models).toHaveLength(3);
  expect(pixels?.correlation).toBeLessThan(0);
});

it('says nothing of fewer than three models, and leaves out who answers next to nothing', () => {
  const all = ['a', 'b', 'c', 'd'].map((policy, i) => scored(policy, i));
  const silent = { ...MODELS[0], numbers: MODELS[0]?.numbers.map((result) => ({ ...result, usable: 1 })) };
  const tests = eyesBesideScores([silent as EyeReportModel, ...MODELS.slice(1)], all, (name) => name);
  expect(tests.map(({ test }) => test)).toEqual(['gap']);
  expect(eyesBesideScores(MODELS, [scored('a', 1), scored('b', 2)], (name) => name)).toEqual([]);
});

it('takes pictures of another size for another test, and counts a model once', () => {
  const scores = ['a', 'b', 'd'].map((policy, i) => scored(policy, i));
  const small = MODELS.map((one) => ({ ...one, label: `${one.label}, 64 pixels`, plan: { side: 64 } }));
  const both = eyesBesideScores([...MODELS, ...(small as EyeReportModel[])], scores, (name) => name);
  expect(both.map(({ test, models }) => [test, models.length]).sort()).toEqual(
    [224, 64]
      .flatMap((side) => [
        [`gap, ${side} pixels`, 3],
        [`pixels-games, as trained, ${side} pixels`, 3],
      ])
      .sort(),
  );
  const again = eyesBesideScores([...MODELS, ...MODELS], scores, (name) => name);
  expect(again.map(({ models }) => models.length)).toEqual([3, 3]);
  // Three models that are one player are no three.
  expect(eyesBesideScores(MODELS, [scored('a', 1)], () => 'a')).toEqual([]);
});

it('says whether all see alike or all score alike', () => {
  const same = ['a', 'b', 'd'].map((policy) => scored(policy, 7));
  const [gap] = eyesBesideScores(MODELS, same, (name) => name);
  expect(gap).toMatchObject({ correlation: null, alike: 'scores' });
  const blind = ['a', 'b', 'c'].map((name) => model(name, 90, null, 'easier'));
  const [all] = eyesBesideScores(
    blind,
    ['a', 'b', 'c'].map((policy, i) => scored(policy, i)),
    (name) => name,
  );
  expect(all).toMatchObject({ correlation: null, alike: 'eyes' });
  expect(alikeInWords([gap, all] as EyesAndScores[])).toBe(`All see alike in: gap. All are alike in: ${measure}.`);
});

it('is part of the page and the text, with the models by their names', () => {
  const models = ['a', '<b>', 'c'].map((name, i) => {
    const run = goThrough('dot', ({ answer, level }) => (level > 2 * (i + 1) ? answer : 0));
    const plan = { side: PLAN.side };
    const counts = { questions: run.lines.length, unusable: 0, cost: 0, seconds: 0 };
    return { ...{ model: name, label: name, plan, results: [resultOf(run)], numbers: [], paintings: [] }, ...counts };
  }) as unknown as EyeReportModel[];
  const played = models.map(({ model: name }, i) => scored(name, -10 * i));
  const scores = eyesBesideScores(models, played, (name) => name);
  expect(scores).toMatchObject([{ test: 'dot', measure, correlation: expect.closeTo(1, 12), interval: null }]);
  const report = { format: 1 as const, made: '2026-11-30T00:00:00Z', models, scores };
  const page = eyePage(report, '');
  expect(page).toContain('Does who sees better score more?');
  expect(page).toContain('&lt;b&gt;: ');
  expect(page).not.toContain('<b>: ');
  expect(asMarkdown(report)).toContain(`| dot | ${measure} | 3 | 1.00 (no interval) |`);
  // Names are words of others: none of them makes a table or a heading of its own.
  const rude = scores.map((one) => ({ ...one, measure: 'a|b\n## c' }));
  expect(asMarkdown({ ...report, scores: rude })).toContain('| a b ## c |');
  // Without tables of scores there is no word of it.
  expect(eyePage({ ...report, scores: [] }, '')).not.toContain('score more');
});

it('asks nothing where a model of --scored-as is none of those tested', { timeout: 120_000 }, async () => {
  const out = join(await scratchFolder(), 'eyes');
  const table = join(REFERENCE, 'games.json');
  const args = ['--model', 'random', '--tests', 'gap', '--scores', table, '--scored-as', 'radnom=random'];
  const { exitCode, stderr } = await agent(['eyetest', ...args, '--out', out]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('expected: random\n  got:      radnom');
  expect(existsSync(out)).toBe(false);
});
