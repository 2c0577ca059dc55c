/** What the formatters do not hold: width of comments and strings, one way to keep a member private. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

const WIDTH = 120;

/** Files that git tracks or would, below these folders. */
function sources(folders: readonly string[], ending: RegExp): string[] {
  const listed = execaSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...folders], { cwd: projectRoot });
  return listed.stdout.split('\n').filter((file) => ending.test(file) && !file.includes('/fixtures/'));
}

/** Lines of the files that `isWrong` finds, as FILE:LINE. */
function linesWhere(files: readonly string[], isWrong: (line: string, file: string) => boolean): string[] {
  return files.flatMap((file) =>
    readFileSync(join(projectRoot, file), 'utf8')
      .split('\n')
      .flatMap((line, i) => (isWrong(line, file) ? [`${file}:${i + 1}`] : [])),
  );
}

it('lines of code, comments and strings have at most 120 columns', () => {
  const files = sources(
    ['src', 'test', 'bench', 'scripts', 'envs', 'web', 'configs', 'examples'],
    /\.(ts|mjs|py|yaml|sh|css)$/,
  );
  expect(files.length).toBeGreaterThan(500);
  // A template or a pattern that cannot be broken is code, not prose.
  const isUnbreakable = (line: string): boolean => /[`/].*[`/]/.test(line) && !/^\s*(\/\/|\/?\*|#)/.test(line);
  expect(linesWhere(files, (line) => [...line].length > WIDTH && !isUnbreakable(line))).toEqual([]);
});

it('private members of classes begin with #', () => {
  expect(linesWhere(sources(['src'], /\.ts$/), (line) => /^ {2}private (?!constructor\b)/.test(line))).toEqual([]);
});

it('errors begin small, and doc comments say in words what is thrown', () => {
  const files = sources(['src'], /\.ts$/);
  const capital = /AgentError\('[a-z_]+', [`'"](?!TensorFlow|PyTorch|LeRobot|ZeroMQ|JSON|Gymnasium|Python)[A-Z][a-z]/;
  expect(linesWhere(files, (line) => capital.test(line) || line.includes('@throws'))).toEqual([]);
});
