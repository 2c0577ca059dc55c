/** From finished jobs to the table. A mean over trainings or budgets is there only when all of them are. */

import type { SeedScores, Stratum } from '../evaluation/index.js';
import {
  formatSeeds,
  hierarchicalInterval,
  hierarchicalMean,
  mean,
  meanInterval,
  pairedStratum,
  parseSeeds,
} from '../evaluation/index.js';
import type { ExperimentConfig } from './config.js';
import type { Identity } from './folder.js';
import type { CollectJob, Lesson, Plan, ReferenceJob, TrainingJob } from './plan.js';
import { hasFailures, type JobResult, type Played, type Results } from './played.js';
import { reached } from './reach.js';
import type { ExperimentPair, ExperimentRow, ExperimentTable } from './table-schema.js';

/** Share of the demonstrator's own score for which the table says how many demonstrations are needed. */
const SHARE = 0.9;
const BOOTSTRAP = { confidence: 0.95, resamples: 10_000, seed: 0 } as const;

/** What is done so far, by the job's folder. */
export type Done = ReadonlyMap<string, JobResult>;

export interface TableFacts {
  readonly config: ExperimentConfig;
  readonly plan: Plan;
  readonly done: Done;
  readonly identity: Identity;
  /** Of every start. */
  readonly starts: readonly { readonly version: string; readonly commit: string | null }[];
}

/** Scores of a model by budget and training, as far as they are there. */
interface Grid {
  readonly model: string;
  readonly strata: readonly (readonly (Played | undefined)[])[];
}

export function experimentTable(facts: TableFacts): ExperimentTable {
  const { config, plan, done, identity, starts } = facts;
  const seeds = parseSeeds(config.seeds);
  const lessons = plan.lessons.map((lesson) => ofLesson(lesson, facts, seeds));
  const unique = (values: readonly (string | null)[]): string[] => [
    ...new Set(values.filter((value) => value !== null)),
  ];
  return {
    experiment: config.name,
    complete: plan.jobs.every(({ folder }) => isWhole(done.get(folder))),
    rows: lessons.flatMap(({ rows }) => rows),
    paired: lessons.flatMap(({ paired }) => paired),
    reach: lessons.flatMap(({ reach }) => reach),
    demonstrators: lessons.map(({ demonstrator }) => demonstrator),
    protocol: {
      config,
      models: identity.models,
      games: identity.games,
      versions: unique(starts.map(({ version }) => version)),
      commits: unique(starts.map(({ commit }) => commit)),
      updates: plan.lessons.flatMap((lesson) => updatesOf(lesson, plan)),
      bootstrap: BOOTSTRAP,
    },
    records: plan.jobs.flatMap((job) => {
      const result = done.get(job.folder);
      if (job.kind === 'collect' || result === undefined) return [];
      const { seconds: _, ...played } = result as Results['training'];
      const { game, demonstrator } = job;
      const cell =
        job.kind === 'training' ? ([job.model, job.budget, job.trainingSeed] as const) : ([null, null, null] as const);
      return [{ game, demonstrator, model: cell[0], budget: cell[1], training_seed: cell[2], ...played }];
    }),
  };
}

function isWhole(result: JobResult | undefined): boolean {
  return result !== undefined && !hasFailures(result);
}

type LessonTable = Pick<ExperimentTable, 'rows' | 'paired' | 'reach'> & {
  readonly demonstrator: ExperimentTable['demonstrators'][number];
};

function ofLesson(lesson: Lesson, { config, plan, done }: TableFacts, seeds: readonly number[]): LessonTable {
  const { game, demonstrator, budgets, trainingSeeds } = lesson;
  const jobs = plan.jobs.filter((job) => job.game === game && job.demonstrator === demonstrator);
  const trainings = jobs.filter((job) => job.kind === 'training');
  const playedBy = (model: string, budget: number, seed: number): Played | undefined => {
    const isIt = (job: TrainingJob) => job.model === model && job.budget === budget && job.trainingSeed === seed;
    return done.get(trainings.find(isIt)?.folder ?? '') as Played | undefined;
  };
  const grids = Object.keys(config.models).map(
    (model): Grid => ({
      model,
      strata: budgets.map((budget) => trainingSeeds.map((seed) => playedBy(model, budget, seed))),
    }),
  );
  const rows = grids.flatMap((grid) => rowsOf(grid, lesson, seeds));
  const collect = jobs.find((job) => job.kind === 'collect') as CollectJob;
  const reference = jobs.find((job) => job.kind === 'reference') as ReferenceJob;
  const shown = done.get(collect.folder) as Results['collect'] | undefined;
  const own = done.get(reference.folder) as Played | undefined;
  return {
    rows,
    paired: config.compare.flatMap(([b, a]) => pairsOf(a, b, grids, lesson, seeds)),
    reach: reachOf(rows, lesson, own ? hierarchicalMean([[scoresOf(own, seeds)]]) : null),
    demonstrator: {
      ...{ game, demonstrator, policy: collect.policy, noise: collect.noise },
      ...countsOf([own], seeds),
      ...alone(own),
      shown: shown
        ? {
            ...{ episodes: shown.episodes, decisions: shown.decisions, mean: shown.mean },
            ...{ seeds: formatSeeds(collect.seeds), sha256: shown.sha256 },
          }
        : null,
    },
  };
}

function rowsOf({ model, strata }: Grid, lesson: Lesson, seeds: readonly number[]): ExperimentRow[] {
  const { game, demonstrator, budgets, trainingSeeds } = lesson;
  const row = (budget: number | 'all', training_seed: number | 'all', all: Grid['strata']): ExperimentRow => ({
    ...{ game, demonstrator, model, budget, training_seed },
    ...countsOf(all.flat(), seeds),
    ...(training_seed === 'all' ? together(scoresIfWhole(all, seeds)) : alone(all[0]?.[0])),
  });
  const ofBudgets = budgets.flatMap((budget, index) => {
    const trainings = strata[index] ?? [];
    return [
      ...trainingSeeds.map((seed, place) => row(budget, seed, [[trainings[place]]])),
      row(budget, 'all', [trainings]),
    ];
  });
  return [...ofBudgets, row('all', 'all', strata)];
}

function pairsOf(
  a: string,
  b: string,
  grids: readonly Grid[],
  lesson: Lesson,
  seeds: readonly number[],
): ExperimentPair[] {
  const { game, demonstrator, budgets } = lesson;
  const [ofA, ofB] = [a, b].map((model) => grids.find((grid) => grid.model === model)?.strata ?? []) as [
    Grid['strata'],
    Grid['strata'],
  ];
  const pair = (budget: number | 'all', of: readonly [Grid['strata'], Grid['strata']]): ExperimentPair => {
    const [one, other] = of.map((strata) => scoresIfWhole(strata, seeds));
    const differences = one && other ? one.map((stratum, i) => pairedStratum(stratum, other[i] as Stratum)) : null;
    const { mean: difference, interval } = together(differences);
    return { game, demonstrator, budget, a, b, difference, interval };
  };
  const ofBudgets = budgets.map((budget, i) => pair(budget, [ofA.slice(i, i + 1), ofB.slice(i, i + 1)]));
  return [...ofBudgets, pair('all', [ofA, ofB])];
}

function reachOf(rows: readonly ExperimentRow[], lesson: Lesson, own: number | null): ExperimentTable['reach'] {
  const { game, demonstrator, budgets, reach } = lesson;
  const levels = [
    ...reach.map((score) => ({ score })),
    ...(own === null ? [] : [{ score: SHARE * own, share_of_demonstrator: SHARE }]),
  ];
  return [...new Set(rows.map(({ model }) => model))].flatMap((model) => {
    const curve = rows.flatMap((row) =>
      row.model === model && row.training_seed === 'all' && row.budget !== 'all' && row.mean !== null
        ? [{ budget: row.budget, mean: row.mean }]
        : [],
    );
    const isWhole = curve.length === budgets.length;
    return levels.map((level) => {
      const { episodes, isAtMost } = isWhole ? reached(curve, level.score) : { episodes: null, isAtMost: false };
      return { game, demonstrator, model, ...level, demonstrations: episodes, at_most: isAtMost };
    });
  });
}

/** Null where a training is missing. */
function scoresIfWhole(strata: Grid['strata'], seeds: readonly number[]): Stratum[] | null {
  const whole = strata.map((trainings) => trainings.filter((played) => played !== undefined));
  if (whole.some((trainings, i) => trainings.length !== strata[i]?.length)) return null;
  return whole.map((trainings) => trainings.map((played) => scoresOf(played, seeds)));
}

function scoresOf({ scores }: Played, seeds: readonly number[]): SeedScores {
  return seeds.map((seed) => scores[seed] ?? null);
}

type MeanAndInterval = Pick<ExperimentRow, 'mean' | 'interval'>;

function together(strata: readonly Stratum[] | null): MeanAndInterval {
  if (strata === null) return { mean: null, interval: null };
  const interval = hierarchicalInterval(strata, BOOTSTRAP);
  return { mean: hierarchicalMean(strata), interval: interval && [...interval] };
}

/** Of one evaluation: the interval over its episodes. */
function alone(played: Played | undefined): MeanAndInterval {
  const scores = Object.values(played?.scores ?? {});
  const interval = meanInterval(scores, BOOTSTRAP);
  return { mean: scores.length === 0 ? null : mean(scores), interval: interval && [...interval] };
}

function countsOf(all: readonly (Played | undefined)[], seeds: readonly number[]) {
  const sum = (count: (played: Played) => number): number =>
    all.reduce((total, played) => total + (played ? count(played) : 0), 0);
  const episodes = sum(({ scores }) => Object.keys(scores).length);
  const failed = sum(({ failures }) => Object.keys(failures).length);
  return { episodes, failed, missing: all.length * seeds.length - episodes - failed };
}

function updatesOf({ game, demonstrator, budgets }: Lesson, { jobs }: Plan) {
  return budgets.map((budget) => {
    const isOfIt = (job: Plan['jobs'][number]): job is TrainingJob =>
      job.kind === 'training' && job.game === game && job.demonstrator === demonstrator && job.budget === budget;
    return { game, demonstrator, budget, updates: jobs.find(isOfIt)?.updates ?? 0 };
  });
}
