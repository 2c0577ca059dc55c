/** The files of an eye test's report. */
import { join } from 'node:path';
import { makeFolder, writeFilesAtomic } from '../../core/index.js';
import { styleSheetText } from '../../report/write-report.js';
import { asCsv, asMarkdown, numbersAsCsv } from './as-text.js';
import { buildEyeReport, type EyeReport, type ScoresBeside } from './eye-report.js';
import { eyePage } from './page.js';

/** Reads folders of eye tests and writes report.html, .md, .csv, .json and numbers.csv. Rejects as `buildEyeReport`. */
export async function writeEyeReport(
  folders: readonly string[],
  out: string,
  beside?: ScoresBeside,
): Promise<EyeReport> {
  const report = await buildEyeReport(folders, beside);
  const contents = {
    'report.json': `${JSON.stringify(withoutFrames(report), null, 1)}\n`,
    'report.md': asMarkdown(report),
    'report.csv': asCsv(report),
    'numbers.csv': numbersAsCsv(report),
    'report.html': eyePage(report, await styleSheetText()),
  };
  await makeFolder(out);
  await writeFilesAtomic(Object.entries(contents).map(([name, content]) => ({ path: join(out, name), content })));
  return report;
}

/** Pictures are for the page. */
export function withoutFrames({ models, ...report }: EyeReport): object {
  const told = models.map(({ paintings, ...model }) => ({
    ...model,
    paintings: paintings.map(({ test, psnr, bestPsnr }) => ({ test, psnr, bestPsnr })),
  }));
  return { ...report, models: told };
}
