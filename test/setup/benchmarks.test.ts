import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BenchmarkRow, ratioOf } from '../../bench/benchmark.js';
import { benchmarkNames, checkRows, formatTable, parseGoal, reachesGoal } from '../../scripts/lib/benchmarks.mjs';

const row: BenchmarkRow = { measure: 'speed', ours: 90, peer: 100, unit: 'steps/s', ratio: 0.9, goal: '>= 0.9' };

describe('goals', () => {
  it('compare the ratio where there is a peer, else ours', () => {
    expect(reachesGoal(row)).toBe(true);
    expect(reachesGoal({ ...row, ratio: 0.89 })).toBe(false);
    expect(reachesGoal({ ...row, peer: null, ratio: null, ours: 121, goal: '<= 120' })).toBe(false);
    expect(reachesGoal({ ...row, goal: null })).toBeNull();
  });

  it('are comparisons with a number and nothing else', () => {
    expect(parseGoal('< 1e-4')(0.00005)).toBe(true);
    expect(() => parseGoal('about 3')).toThrow(TypeError);
    expect(() => parseGoal('>= ')).toThrow(TypeError);
  });
});

describe('checkRows', () => {
  it('refuses rows with holes, which would look like good ones', () => {
    expect(checkRows([row])).toEqual([row]);
    expect(() => checkRows([])).toThrow();
    expect(() => checkRows([{ ...row, ours: Number.NaN }])).toThrow();
    expect(() => checkRows([{ ...row, ratio: null }])).toThrow();
    expect(() => checkRows([{ ...row, goal: 'fast' }])).toThrow();
  });
});

describe('formatTable', () => {
  it('lines up, and shows which goal is missed', () => {
    const lines = formatTable([row, { ...row, measure: 'a longer name', ratio: 0.5 }]).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/reached$/);
    expect(lines[2]).toMatch(/missed$/);
    expect(lines[1]!.indexOf('steps/s')).toBe(lines[2]!.indexOf('steps/s'));
  });
});

describe('names and ratios', () => {
  it('are the TypeScript files of the folder but for the contract', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    mkdirSync(join(folder, 'helpers'));
    for (const name of ['bridge.ts', 'benchmark.ts', 'notes.md', 'agent.ts']) writeFileSync(join(folder, name), '');
    expect(benchmarkNames(folder)).toEqual(['agent', 'bridge']);
    rmSync(folder, { recursive: true });
  });

  it('have no ratio without a peer', () => {
    expect(ratioOf(3, null)).toBeNull();
    expect(ratioOf(3, 2)).toBe(1.5);
  });
});
