/** Tables with one row a decision, of ours or of others, as episodes of a game. */
import type { Game } from '../../agent/index.js';
import { AgentError, harmlessName } from '../../core/index.js';
import type { FrameShape } from '../frame-codec.js';
import { type DatasetDescription, SPLIT_RULE } from '../schema.js';
import { type ActionReader, actionReader, type ForeignActions } from './actions.js';
import type { CarriedEpisode, Companion } from './companion.js';
import { type ExchangedEpisode, type ExchangedStep, type ExchangeSource, usualStack } from './episode.js';
import type { ForeignRow } from './parquet-rows.js';
import { asFramePng } from './pictures.js';
import { gatherEpisodes } from './rows-to-episodes.js';
import type { TableColumns } from './table-layout.js';
import { asFlag, asList, asNumber, asReal, bytesOf } from './values.js';

export interface ForeignTable {
  readonly columns: TableColumns;
  readonly companion: Companion | undefined;
  readonly actions: ForeignActions;
  readonly shape: FrameShape;
  readonly decisionsPerSecond: number | null;
  readonly episodeCount: number;
  readonly rows: () => AsyncIterable<ForeignRow>;
  /** Pictures that are no column: of an episode by its first row, one for each of its so many rows. */
  readonly pictures?: (first: ForeignRow, count: number) => Promise<readonly Uint8Array[]>;
  readonly where: string;
  /** Who is said to have played, where there is no companion. */
  readonly player: string;
}

/** Throws `dataset` or `usage` where the table does not fit the game, or none is named and it is data of others. */
export function tableSource(table: ForeignTable, game: Game | undefined): ExchangeSource {
  const { companion, columns } = table;
  const description = companion?.description ?? foreignDescription(table, game);
  if (companion && game) requireGame(companion.description, game, table.where);
  const meaning = companion ? undefined : actionReader(game as Game, table.actions);
  return {
    description,
    episodeCount: table.episodeCount,
    missing: companion ? [] : missingIn(columns),
    async *episodes() {
      const rows = gatherEpisodes(table.rows(), columns.episode, table.where);
      let place = 0;
      for await (const { number, rows: own } of rows) {
        yield await asEpisode({ table, meaning, description, number, place: place++, rows: own });
      }
    },
  };
}

/** What others say of their data, as far as it can be said here. Throws `usage` where no game is named. */
export function foreignDescription(
  { shape, decisionsPerSecond, player, where }: Pick<ForeignTable, 'shape' | 'decisionsPerSecond' | 'player' | 'where'>,
  game: Game | undefined,
): Omit<DatasetDescription, 'seeds'> {
  if (!game) {
    throw new AgentError('usage', 'which game is this data of?', { expected: '--game NAME', where });
  }
  const { env, ...emulator } = game.emulator;
  const somebody = { id: player, provenance: {} };
  return {
    format: 'agent-demonstrations',
    format_version: 1,
    game: game.name,
    env,
    emulator: JSON.parse(JSON.stringify(emulator)),
    decisions_per_second: decisionsPerSecond,
    actions: game.actions.map(({ name }) => name),
    frame: { ...shape },
    stack: game.frames,
    driver: somebody,
    labeller: somebody,
    noise: 0,
    max_steps: null,
    split: SPLIT_RULE,
    versions: {},
  };
}

/** Throws `dataset` where an export of ours is of another game than the one named. */
export function requireGame(
  { game: name, actions }: Pick<DatasetDescription, 'game' | 'actions'>,
  game: Game,
  where: string,
): void {
  const names = game.actions.map((action) => action.name);
  if (name === game.name && actions.join() === names.join()) return;
  throw new AgentError('dataset', 'the data is of another game', {
    expected: `${game.name}: ${names.join(', ')}`,
    got: harmlessName(`${name}: ${actions.join(', ')}`),
    where,
  });
}

function missingIn({ seed, reward, terminated, done }: TableColumns): string[] {
  return [
    'the picture behind the last decision of an episode: the one before it stands there again',
    'labels: what was done is taken for what should be done',
    ...(seed ? [] : ['seeds: episodes are numbered from 0 on instead']),
    ...(reward ? [] : ['rewards: they are 0']),
    ...(terminated || done ? [] : ['how an episode ended: it counts as stopped']),
  ];
}

interface EpisodeParts {
  readonly table: ForeignTable;
  /** Undefined in exports of ours, whose numbers are the game's. */
  readonly meaning: ActionReader | undefined;
  readonly description: ExchangeSource['description'];
  readonly number: number;
  /** Among the episodes as they come. */
  readonly place: number;
  readonly rows: readonly ForeignRow[];
}

async function asEpisode(parts: EpisodeParts): Promise<ExchangedEpisode> {
  const { table, number, place, rows } = parts;
  const carried = table.companion?.episodes.get(number);
  if (table.companion && carried?.steps !== rows.length) {
    throw new AgentError('dataset', 'the rows are not those that the export was written with', {
      expected: carried ? `${carried.steps} decisions` : 'an episode that agent-episodes.parquet knows',
      got: `${rows.length} decisions`,
      where: `${table.where}, episode ${number}`,
    });
  }
  const steps = rows.map((row, index) => asStep(row, index, parts));
  const frames = await framesOf(parts, carried);
  if (!carried) return { number: place, ...derivedFacts(parts, steps), steps, frames };
  const { seed, score, status, ending, sha256 } = carried;
  return { number, seed, score, status, ending, steps, frames, sha256 };
}

function asStep(row: ForeignRow, index: number, { table, meaning, description }: EpisodeParts): ExchangedStep {
  const { columns: c, where } = table;
  const flag = (column: string | undefined): boolean => column !== undefined && asFlag(row[column], column, where);
  const values = asList(row[c.action], c.action, where);
  const action = meaning ? meaning(values) : (values[0] as number);
  const truncated = flag(c.truncated);
  const step = {
    step: c.step === undefined ? index : asNumber(row[c.step], c.step, where),
    action,
    reward: c.reward === undefined ? 0 : asReal(row[c.reward], c.reward, where),
    terminated: c.terminated === undefined ? flag(c.done) && !truncated : flag(c.terminated),
    truncated,
  };
  const { own } = c;
  if (!own) {
    const stack = usualStack(index, description.stack);
    return { ...step, stack, label: action, isNoise: false, probabilities: null, value: null };
  }
  const list = (column: string): number[] | null =>
    row[column] === null || row[column] === undefined ? null : asList(row[column], column, where);
  const probabilities = list(own.probabilities);
  const value = list(own.value)?.[0];
  return {
    ...step,
    label: asNumber(row[own.label], own.label, where),
    isNoise: flag(own.isNoise),
    stack: list(own.stack) ?? [],
    probabilities: probabilities === null || Number.isNaN(probabilities[0]) ? null : probabilities,
    value: value === undefined || Number.isNaN(value) ? null : value,
  };
}

async function framesOf(
  { table, number, rows }: EpisodeParts,
  carried: CarriedEpisode | undefined,
): Promise<Uint8Array[]> {
  const { columns, shape, companion, where } = table;
  const column = columns.image;
  const encoded =
    column === undefined || table.pictures
      ? ((await table.pictures?.(rows[0] as ForeignRow, rows.length)) ?? [])
      : rows.map((row) => bytesOf(row[column], column, where));
  const isTrusted = companion !== undefined;
  const frames: Uint8Array[] = [];
  for (const [index, bytes] of encoded.entries()) {
    frames.push(await asFramePng(bytes, shape, { where: `${where}, episode ${number}, picture ${index}`, isTrusted }));
  }
  const last = carried
    ? await asFramePng(carried.last, shape, { where: `${where}, episode ${number}, the last picture`, isTrusted })
    : frames.at(-1);
  return last ? [...frames, last] : frames;
}

function derivedFacts(
  { table: { columns, where }, rows, place }: EpisodeParts,
  steps: readonly ExchangedStep[],
): Pick<ExchangedEpisode, 'seed' | 'score' | 'status' | 'ending'> {
  const last = steps.at(-1);
  const ending = last?.terminated ? 'terminated' : last?.truncated ? 'truncated' : null;
  return {
    seed: columns.seed === undefined ? place : asNumber(rows[0]?.[columns.seed], columns.seed, where),
    score: steps.reduce((sum, { reward }) => sum + reward, 0),
    status: ending === null ? 'stopped' : 'finished',
    ending,
  };
}
