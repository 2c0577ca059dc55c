/** Benchmarks over time: a slower commit is seen, and another machine says nothing of it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { benchmarkPage, changeOf, keepRun, readRuns, runBefore } from '../../scripts/lib/bench-history.mjs';
import { drawPlots } from '../../scripts/lib/bench-plots.mjs';

const run = (
  date: string,
  ratio: number,
  { model = 'A', benchmark = 'bridge', goal = '>= 1' as string | null } = {},
) => ({
  manifest: { benchmark, date, commit: 'c'.repeat(40), dirty: false, cpu: { model, cores: 2 } },
  rows: [{ measure: 'speed', ours: 100 * ratio, peer: 100, unit: 'steps/s', ratio, goal }],
});
const change = (now: number, before: number, goal: string | null) =>
  changeOf(run('b', now, { goal }).rows[0], run('a', before, { goal }));

describe('a run', () => {
  it('is held against the newest before it, of the same benchmark on the same processor', () => {
    const runs = [
      run('2026-01-01', 1),
      run('2026-01-03', 2),
      run('2026-01-04', 3, { model: 'B' }),
      run('2026-01-05', 4, { benchmark: 'queue' }),
      run('2026-01-07', 5),
    ];
    expect(runBefore(run('2026-01-06', 1), runs)).toBe(runs[1]);
    expect(runBefore(run('2026-01-01', 1), runs)).toBeUndefined();
  });

  it.each([
    [0.8, 1, '>= 1', true],
    [0.9, 1, '>= 1', false],
    [1.2, 1, '>= 1', false],
    [1.2, 1, '<= 2', true],
    [0.8, 1, '<= 2', false],
    [0.1, 1, null, false],
  ])('of %d, with %d before and the goal %s, is worse: %s', (now, before, goal, isWorse) => {
    expect(change(now, before, goal)?.isWorse).toBe(isWorse);
    expect(change(now, before, goal)?.change).toBeCloseTo(now / before - 1);
  });

  it('with a row that is new has nothing to be held against', () => {
    expect(changeOf({ ...run('b', 1).rows[0], measure: 'other' }, run('a', 1))).toBeNull();
    expect(changeOf(run('b', 1).rows[0], undefined)).toBeNull();
  });

  it('is kept, and a broken line is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'history.jsonl');
    expect(readRuns(path)).toEqual([]);
    keepRun(path, run('a', 1));
    keepRun(path, run('b', 2));
    expect(readRuns(path)).toEqual([run('a', 1), run('b', 2)]);
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"man`);
    expect(() => readRuns(path)).toThrow(/history\.jsonl:3/);
  });
});

describe('the page', () => {
  it('shows the newest of each, what changed, and what is worse', () => {
    const page = benchmarkPage([
      run('2026-02-02', 0.5),
      run('2026-02-01', 1),
      run('2026-01-01', 1, { benchmark: 'a' }),
    ]);
    expect(page.indexOf('## a\n')).toBeLessThan(page.indexOf('## bridge\n'));
    expect(page).toContain('| speed | 50 | 100 | steps/s | 0.5 | >= 1 | **missed** | −50 % **worse** |');
    expect(page).toContain('Of 2 rows 1 reach their goal, 1 miss it, 0 have none.');
  });

  it('that is committed is that of the kept runs', () => {
    const kept = 'runs/reference';
    const files = readdirSync(kept).filter((file) => /^bench-[\w-]+\.json$/.test(file));
    const newest = files.map((file) => JSON.parse(readFileSync(join(kept, file), 'utf8')));
    const page = benchmarkPage([...readRuns(join(kept, 'bench-history.jsonl')), ...newest]);
    expect(readFileSync('docs/benchmarks.md', 'utf8')).toBe(page);
  });
});

it.each([
  [['nothing'], 'There is no benchmark nothing'],
  [['bridge', '--all'], 'There is no benchmark bridge'],
  [['--fast'], 'Usage'],
])('npm run bench -- %j is refused', async (args, message) => {
  const { exitCode, stderr } = await execa(process.execPath, ['scripts/bench.mjs', ...args], { reject: false });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
});

describe('points of curves', () => {
  const point = (line: string, x: number, ours: number) => ({
    ...{ measure: `${line} ${x}`, ours, peer: null, unit: 'ms', ratio: null, goal: null },
    curve: { plot: 'time, by size', line, x, across: 'sizes (log)' },
  });
  const scaled = { ...run('2026-02-01', 1), rows: [point('a < b', 1, 5), point('a < b', 8, 10), point('c', 8, 20)] };

  it('are drawn, a line for each, in a file that the page shows', () => {
    const [plot, ...more] = drawPlots(scaled);
    expect(more).toEqual([]);
    expect(plot?.file).toBe('bench-bridge-1.svg');
    expect(benchmarkPage([scaled])).toContain('![time, by size](images/bench-bridge-1.svg)');
    expect(plot?.svg).toContain('a &lt; b');
    // Upwards on the screen is downwards in numbers: the larger value stands higher, further right.
    const dots = [...(plot?.svg ?? '').matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(dots).toHaveLength(3);
    const [first, second, other] = dots as [number[], number[], number[]];
    expect(second[0]).toBeGreaterThan(first[0] as number);
    expect(second[1]).toBeLessThan(first[1] as number);
    expect(other[0]).toBe(second[0]);
    expect(other[1]).toBeLessThan(second[1] as number);
  });

  it('are in no run that has none', () => {
    expect(drawPlots(run('2026-02-01', 1))).toEqual([]);
  });
});
