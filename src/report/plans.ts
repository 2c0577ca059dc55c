/** What evaluations had planned: an episode that was never begun has no record, and must not be forgotten. */
import { dirname } from 'node:path';
import { type EvaluationEntry, EvaluationFolder, inOneLine } from '../evaluation/index.js';
import type { PlainJson, Problem } from './report-data.js';
import type { RunLinks } from './run-links.js';

/** One policy in one game of an evaluation. */
export interface Plan {
  readonly game: string;
  /** What the evaluation's own table calls the policy. */
  readonly policy: string;
  readonly seeds: readonly number[];
  /** Absolute folder of its episodes, each in a folder below. */
  readonly folder: string;
}

export interface Plans {
  /** The plan that a record's folder belongs to; undefined of an episode that was played by itself. */
  of(recordFolder: string): Plan | undefined;
  readonly all: readonly Plan[];
  /** evaluation.json of each, by its folder as seen from the report. */
  readonly manifests: readonly { readonly run: string; readonly manifest: PlainJson }[];
}

/** Reads evaluation.json of each folder; one that is damaged becomes a problem. */
export async function readPlans(folders: readonly string[], links: RunLinks, problems: Problem[]): Promise<Plans> {
  const all: Plan[] = [];
  const manifests: { run: string; manifest: PlainJson }[] = [];
  for (const path of folders) {
    try {
      const folder = await EvaluationFolder.open(path);
      if (folder === undefined) continue;
      const { seeds, file } = folder;
      manifests.push({ run: links.path(path), manifest: file as PlainJson });
      const aside = file.set_aside?.length ?? 0;
      if (aside > 0) {
        const summary = `set aside and played again: ${aside} (why: set_aside in evaluation.json)`;
        problems.push({ kind: 'notice', summary, where: links.path(path) });
      }
      all.push(...file.entries.map((entry) => planOf(entry, seeds, folder)));
    } catch (error) {
      const reason = inOneLine(error);
      problems.push({ kind: 'failure', summary: `what was planned is not known: ${reason}`, where: links.path(path) });
    }
  }
  const byFolder = new Map(all.map((plan) => [plan.folder, plan]));
  return { of: (recordFolder) => byFolder.get(dirname(recordFolder)), all, manifests };
}

function planOf(entry: EvaluationEntry, seeds: readonly number[], folder: EvaluationFolder): Plan {
  return { game: entry.game, policy: entry.policy, seeds, folder: folder.entryFolder(entry) };
}
