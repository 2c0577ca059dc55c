/** One game of a report: its policies, what they are measured against, and how they compare. */
import { isTie, type ResultRow } from '../evaluation/index.js';
import { citedReferences, environmentOf, titleOf } from './game-facts.js';
import { type GameGroup, maxStepsOf } from './group-episodes.js';
import { policyReport } from './policy-report.js';
import type { Comparison, GameReport, PlainJson, PolicyReport } from './report-data.js';
import type { ReportNumbers } from './report-numbers.js';
import type { RunLinks } from './run-links.js';

/** Policies and pairs are in the reverse order of `numbers`: the best one first. */
export async function gameReport(game: GameGroup, numbers: ReportNumbers, links: RunLinks): Promise<GameReport> {
  const { name, manifest } = game;
  const { id, frameSkip } = environmentOf(manifest);
  const policies: PolicyReport[] = [];
  for (const row of numbers.rows.filter((one) => one.game === name).reverse()) {
    const group = game.policies.find(({ label }) => label === row.policy);
    if (group) policies.push(await policyReport(group, row, numbers.counted, links));
  }
  const rows = new Map(policies.map(({ row }) => [row.policy, row]));
  return {
    name,
    title: titleOf(manifest),
    env: id,
    frameSkip,
    maxSteps: maxStepsOf(manifest),
    emulator: (manifest.game.config.emulator ?? null) as PlainJson,
    references: citedReferences(manifest),
    policies,
    comparisons: numbers.paired
      .filter((paired) => paired.game === name && paired.episodes > 0)
      .reverse()
      .map((row) => ({ row, differences: differences(rows.get(row.a), rows.get(row.b)) })),
  };
}

function differences(a: ResultRow | undefined, b: ResultRow | undefined): Comparison['differences'] {
  return Object.entries(a?.scores ?? {}).flatMap(([seed, score]) => {
    const other = b?.scores[seed];
    return other === undefined
      ? []
      : [{ seed: Number(seed), difference: isTie(score, other) ? 0 : bounded(score - other) }];
  });
}

/** The difference of two absurd scores may be too large for a number. */
function bounded(difference: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, difference));
}
