/** What goes through a queue: a command, and how what it leaves is held against what a local one leaves. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Dataset } from '../../src/datasets/index.js';

export interface QueueWork {
  /** The command that leaves its work in `out`. */
  words(out: string): string[];
  /** What only the local one needs. */
  readonly localWords: readonly string[];
  compare(local: string, out: string): Promise<Comparison>;
}

export interface Comparison {
  /** Whether the table, or any file of the dataset, is another than the local one. */
  readonly isOther: boolean;
  /** Episodes that are missing, and those that are there beside one a seed. */
  readonly lost: number;
  readonly surplus: number;
}

const ROWS = ['random', 'right'];
const LIMITS = ['--max-decisions', '20', '--processes', '1', '--quiet'];

/** An evaluation of two policies; `seeds` of each, from 1. */
export function evaluationWork(game: string, seeds: number): QueueWork {
  const policies = ['random', 'right=constant:right'].flatMap((policy) => ['-p', policy]);
  const table = (run: string): Promise<string> => readFile(join(run, 'results.json'), 'utf8');
  return {
    words: (out) => ['eval', '-g', game, ...policies, '--seeds', `1..${seeds}`, ...LIMITS, '--out', out],
    localWords: [],
    compare: async (local, out) => {
      const there = ROWS.map(async (row) => readdir(join(out, 'episodes', 'lake', row)));
      const counts = (await Promise.all(there)).map((names) => countOf(names, seeds));
      return { isOther: (await table(out)) !== (await table(local)), ...sumOf(counts) };
    },
  };
}

/** Demonstrations of `seeds` episodes, from 1, with noise and another labeller. */
export function collectionWork(game: string, seeds: number): QueueWork {
  const players = ['--drive', 'random', '--label', 'constant:left', '--noise', '0.3'];
  return {
    words: (out) => ['collect', '-g', game, ...players, '--seeds', `1..${seeds}`, ...LIMITS, '--out', out],
    localWords: ['--exact'],
    compare: async (local, out) => {
      using dataset = await Dataset.open(out);
      const names = dataset.episodes.map(({ seed }) => String(seed));
      const [own, other] = await Promise.all([filesOf(local), filesOf(out)]);
      return { isOther: JSON.stringify(own) !== JSON.stringify(other), ...countOf(names, seeds) };
    },
  };
}

function countOf(names: readonly string[], seeds: number): { lost: number; surplus: number } {
  const left = [...names];
  let lost = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const at = left.indexOf(String(seed));
    if (at === -1) lost++;
    else left.splice(at, 1);
  }
  return { lost, surplus: left.length };
}

function sumOf(counts: readonly { readonly lost: number; readonly surplus: number }[]) {
  const sum = (name: 'lost' | 'surplus'): number => counts.reduce((total, count) => total + count[name], 0);
  return { lost: sum('lost'), surplus: sum('surplus') };
}

/** All files below a folder with their contents, by name in order. A dataset's summary names the folder. */
async function filesOf(folder: string): Promise<[name: string, contents: string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = paths.sort().map(async (path): Promise<[string, string]> => {
    const text = (await readFile(path)).toString('latin1');
    return [path.slice(folder.length), path.endsWith('summary.json') ? text.replaceAll(folder, '') : text];
  });
  return Promise.all(contents);
}
