/**
 * Which episodes belong together. Scores stand side by side only where the game, the emulator's settings and the limit
 * were the same, and in one row only where it was the same policy: the same checkpoint, and for one that answers with
 * text the same prompt.
 */
import { clockInWords, playInWords, playSchema } from '../agent/index.js';
import type { Manifest } from '../record/index.js';
import { shorten } from './answer-examples.js';
import { canonicalJson } from './plain-json.js';
import type { Plan, Plans } from './plans.js';
import type { EpisodeReading } from './read-episode.js';

export interface PolicyGroup {
  /** Unique within its game. */
  readonly label: string;
  /** By seed, then by start. At least one. */
  readonly readings: readonly EpisodeReading[];
  /** The parts of evaluations that its episodes belong to. */
  readonly plans: readonly Plan[];
}

export interface GameGroup {
  /** Unique in the report: the game's name, numbered where it was played with several settings. */
  readonly name: string;
  /** Of its first episode; game, environment and limit are the same in all. */
  readonly manifest: Manifest;
  readonly policies: readonly PolicyGroup[];
}

/** Games by name, policies by id. */
export function groupEpisodes(readings: readonly EpisodeReading[], plans: Plans): GameGroup[] {
  const games = groupBy(readings, ({ record }) => gameKey(record.manifest));
  games.sort((a, b) => compare(firstOf(a).game.name, firstOf(b).game.name));
  const names = numbered(games.map((episodes) => shorten(firstOf(episodes).game.name, NAME_LENGTH)));
  return games.map((episodes, index) => ({
    name: names[index] as string,
    manifest: firstOf(episodes),
    policies: policiesOf(episodes, plans),
  }));
}

/** Longer names would push everything else off the page. */
const NAME_LENGTH = 80;

/** The limit that the user set, in decisions; null where there was none. */
export function maxStepsOf({ arguments: { resolved } }: Manifest): number | null {
  return typeof resolved.maxSteps === 'number' ? resolved.maxSteps : null;
}

/** Speed of the game's own clock; null where it waited. */
export function clockOf({ arguments: { resolved } }: Manifest): number | null {
  return typeof resolved.clock === 'number' ? resolved.clock : null;
}

function gameKey(manifest: Manifest): string {
  const { game, env } = manifest;
  return canonicalJson([
    ...[game.name, game.config.emulator ?? null, game.config.frames ?? null],
    ...(env ? [env.id, env.frameSkip, env.maxEpisodeSteps] : []),
    maxStepsOf(manifest),
  ]);
}

function policiesOf(episodes: readonly EpisodeReading[], plans: Plans): PolicyGroup[] {
  const groups = groupBy(episodes, policyKey).sort((a, b) => compare(firstOf(a).policy.id, firstOf(b).policy.id));
  const plansOf = (readings: readonly EpisodeReading[]): Plan[] => [
    ...new Set(readings.flatMap(({ record }) => plans.of(record.folder) ?? [])),
  ];
  const labels = numbered(
    groups.map((readings) => plannedName(plansOf(readings)) ?? labelOf(readings, groups) + waysOf(readings)),
  );
  return groups.map((readings, index) => ({
    label: labels[index] as string,
    readings: [...readings].sort(bySeedAndStart),
    plans: plansOf(readings),
  }));
}

function policyKey(reading: EpisodeReading): string {
  const { policy, game } = reading.record.manifest;
  const prompt = reading.isText ? [game.config.prompt ?? null, game.config.answers ?? null] : null;
  const provenance = Object.entries(policy.provenance).filter(([name]) => !HOW_IT_WAS_ASKED.has(name));
  const ways = [game.config.play ?? null, clockOf(reading.record.manifest)];
  return canonicalJson([policy.id, Object.fromEntries(provenance), prompt, ways]);
}

/** What `agent eval` notes of its batches, and `agent play` has no need of: it does not make another policy. */
const HOW_IT_WAS_ASKED: ReadonlySet<string> = new Set(['close_call_margin']);

/** What an evaluation's own table calls the policy, where all evaluations in question agree. */
function plannedName(plans: readonly Plan[]): string | undefined {
  const names = new Set(plans.map(({ policy }) => shorten(policy, NAME_LENGTH)));
  return names.size === 1 ? [...names][0] : undefined;
}

/**
 * What tables call a policy: `expert` rather than `expert:models/expert-carracing` where there is one expert, so that
 * the same policy has the same name in every game; else the id, with the beginning of its checkpoint's hash where the
 * id alone does not tell them apart.
 */
function labelOf(readings: readonly EpisodeReading[], groups: readonly (readonly EpisodeReading[])[]): string {
  const { id, provenance } = firstOf(readings).policy;
  const kind = kindOf(id);
  const others = groups.filter((group) => group !== readings).map((group) => firstOf(group).policy.id);
  if (!others.some((other) => kindOf(other) === kind)) return shorten(kind, NAME_LENGTH);
  const hash = provenance.checkpoint_sha256 ?? provenance.checkpoint;
  const name = shorten(id, NAME_LENGTH);
  return others.includes(id) && typeof hash === 'string' ? `${name} @${hash.slice(0, 8)}` : name;
}

/** How it was asked, as far as it is not the default, in the words of an evaluation's own table. */
function waysOf(readings: readonly EpisodeReading[]): string {
  const { data } = playSchema.safeParse(firstOf(readings).game.config.play);
  const clock = clockOf(firstOf(readings));
  const words = [playInWords(data), clock === null ? '' : `clock=${clockInWords(clock)}`].filter(Boolean).join(' ');
  return words === '' ? '' : ` (${shorten(words, NAME_LENGTH)})`;
}

/** What stands before the model's folder; `constant:fire` has none and stays whole. */
function kindOf(id: string): string {
  return /^([^:]+):.*\//s.exec(id)?.[1] ?? id;
}

/** The second of the same name gets `(2)`, and so on. */
function numbered(names: readonly string[]): string[] {
  const times = new Map<string, number>();
  return names.map((name) => {
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return time === 1 ? name : `${name} (${time})`;
  });
}

function firstOf(readings: readonly EpisodeReading[]): Manifest {
  return (readings[0] as EpisodeReading).record.manifest;
}

function bySeedAndStart(a: EpisodeReading, b: EpisodeReading): number {
  const [one, other] = [a.record.manifest, b.record.manifest];
  return one.seed - other.seed || compare(one.started, other.started);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
