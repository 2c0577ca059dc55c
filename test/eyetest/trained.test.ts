/** Tests with choices in the form that checkpoints of this project learn: what is asked, kept and reported. */
import { appendFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EYE_TESTS, evaluateEyes, readRuns, resultOf, writeEyeReport } from '../../src/eyetest/index.js';
import { scratchFolder } from '../cli/agent-command.js';

const PLAN = { seed: 5, sides: [224], each: null, most: 20, models: ['pae-lamm-objects'] };

it('is asked of the pictures of the other form, goes on where it was, and is told apart in the report', {
  timeout: 240_000,
}, async () => {
  const out = await scratchFolder();
  const [folder] = (await evaluateEyes({ ...PLAN, tests: ['color'], out })) as [string];
  const file = join(folder, 'answers.jsonl');
  const text = await readFile(file, 'utf8');
  const [asked, trained] = await readRuns(folder);
  expect([asked?.form, trained?.form]).toEqual(['asked', 'trained']);
  // The first question is of the same picture; what comes later follows from the answers.
  expect(trained?.lines[0]?.pictures).toBe(asked?.lines[0]?.pictures);
  const result = resultOf(trained as NonNullable<typeof trained>);
  expect(result).toMatchObject({ usable: 20, wordings: [{ name: 'as trained', asked: 20 }] });
  expect(result.right).toBeGreaterThan(10);

  // A killed run: half a line at the end.
  await truncate(file, text.length - 40);
  await evaluateEyes({ ...PLAN, tests: ['color'], out });
  expect(withoutScores(await readFile(file, 'utf8'))).toEqual(withoutScores(text));

  // More tests are added to what is there, and nothing is asked again.
  await evaluateEyes({ ...PLAN, tests: ['color', 'larger'], out });
  const more = withoutScores(await readFile(file, 'utf8'));
  expect(more.slice(0, withoutScores(text).length)).toEqual(withoutScores(text));
  await evaluateEyes({ ...PLAN, tests: ['color', 'larger', 'color'], out });
  expect(withoutScores(await readFile(file, 'utf8'))).toHaveLength(more.length);
  await expect(evaluateEyes({ ...PLAN, tests: ['larger'], out })).rejects.toMatchObject({ code: 'usage' });

  await writeEyeReport([folder], out);
  const report = await readFile(join(out, 'report.md'), 'utf8');
  for (const name of ['color', 'color, as trained', 'larger', 'larger, as trained'])
    expect(report).toContain(`| ${name}: `);

  // A line of a form that is not planned is refused.
  await appendFile(file, `${JSON.stringify({ ...JSON.parse(text.split('\n')[0] as string), form: 'trained' })}\n`);
  await expect(readRuns(folder)).rejects.toMatchObject({ code: 'record' });
});

/** What was answered. Scores differ in the last digits by what a process had asked before. */
function withoutScores(text: string): object[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { scores?: number[] });
  return lines.map(({ scores: _, ...line }) => line);
}

it('is there for what these models learn, and for nothing else', () => {
  const learnt = EYE_TESTS.filter(({ trained }) => trained !== undefined).map(({ name }) => name);
  expect(learnt).toEqual(['count', 'shape', 'color', 'larger']);
});
