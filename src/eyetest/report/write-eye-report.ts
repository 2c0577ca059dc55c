/** The files of an eye test's report. */
import { join } from 'node:path';
import { makeFolder, writeFilesAtomic } from '../../core/index.js';
import { styleSheetText } from '../../report/write-report.js';
import { asCsv, asMarkdown } from './as-text.js';
import { buildEyeReport, type EyeReport } from './eye-report.js';
import { eyePage } from './page.js';

/** Reads folders of eye tests and writes report.html, .md, .csv and .json. Rejects with `record`. */
export async function writeEyeReport(folders: readonly string[], out: string): Promise<EyeReport> {
  const report = await buildEyeReport(folders);
  const contents = {
    'report.json': `${JSON.stringify(report, null, 1)}\n`,
    'report.md': asMarkdown(report),
    'report.csv': asCsv(report),
    'report.html': eyePage(report, await styleSheetText()),
  };
  await makeFolder(out);
  await writeFilesAtomic(Object.entries(contents).map(([name, content]) => ({ path: join(out, name), content })));
  return report;
}
