/** The files of a report, each whole or not at all. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AgentError, inWords, makeFolder, requireOutputFolder, writeFilesAtomic } from '../core/index.js';
import { projectPaths } from '../core/project-paths.js';
import { episodesAsCsv, rowsAsCsv } from './as-csv.js';
import { asMarkdown } from './as-markdown.js';
import { type BuildOptions, buildReport } from './build-report.js';
import { reportPage } from './page/page.js';
import type { Report } from './report-data.js';

/** Absolute paths. */
export interface ReportFiles {
  readonly html: string;
  readonly json: string;
  readonly markdown: string;
  readonly csv: string;
  readonly episodes: string;
}

export interface WrittenReport {
  readonly report: Report;
  readonly files: ReportFiles;
}

/**
 * Reads the runs and writes their report into `folder`, which is made where it is missing; a report that is there
 * already is replaced. Rejects with `usage` where something else is there, `record` or `cancelled`. A report that
 * cannot be made changes no file.
 */
export async function writeReport(
  runs: readonly string[],
  folder: string,
  options: Omit<BuildOptions, 'folder'> = {},
): Promise<WrittenReport> {
  const path = resolve(folder);
  await requireOutputFolder(path, { holds: /^report\.html$/, kind: 'a report to replace', where: 'folder' });
  const report = await buildReport(runs, { ...options, folder: path });
  const page = reportPage(report, await styleSheetText());
  const files: ReportFiles = {
    json: join(path, 'report.json'),
    csv: join(path, 'report.csv'),
    episodes: join(path, 'episodes.csv'),
    markdown: join(path, 'report.md'),
    html: join(path, 'report.html'),
  };
  const contents: Record<keyof ReportFiles, string> = {
    json: `${JSON.stringify(report)}\n`,
    csv: rowsAsCsv(report),
    episodes: episodesAsCsv(report),
    markdown: asMarkdown(report),
    html: page,
  };
  try {
    await makeFolder(path);
    const names = Object.keys(files) as (keyof ReportFiles)[];
    await writeFilesAtomic(names.map((name) => ({ path: files[name], content: contents[name] })));
  } catch (error) {
    throw new AgentError('record', 'the report cannot be written', {
      got: inWords(error),
      where: path,
      next: 'free space or change permissions there, or name another folder with --out',
      cause: error,
    });
  }
  return { report, files };
}

/** In the order in which later rules win. */
const STYLE_SHEETS = ['base.css', 'plots.css', 'tables.css', 'narrow-and-print.css'];

/** The page's whole style sheet. */
export async function styleSheetText(): Promise<string> {
  const sheets = STYLE_SHEETS.map((name) => readFile(join(projectPaths.web, 'report', name), 'utf8'));
  return (await Promise.all(sheets)).join('\n');
}
