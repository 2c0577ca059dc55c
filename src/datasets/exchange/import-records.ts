/**
 * Episodes that were played and recorded, as a dataset: a record holds no pictures, so each is played again and held
 * against what was recorded, picture by picture.
 */
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AgentError, harmlessName, isFrame } from '../../core/index.js';
import { actionNames } from '../../record/game-facts.js';
import { type EpisodeRecord, type Manifest, openRecord, type StepLine } from '../../record/index.js';
import { type EnvFactory, isDecision, type ReplayEnv, replaySteps } from '../../replay/index.js';
import { encodeFrame } from '../frame-codec.js';
import { type DatasetDescription, SPLIT_RULE } from '../schema.js';
import { type ExchangedEpisode, type ExchangedStep, type ExchangeSource, usualStack } from './episode.js';
import type { ImportResult } from './import-dataset.js';
import { SourceFolder } from './source-folder.js';
import { hashSource } from './source-hash.js';
import { type ImportOptions, writeDataset } from './write-dataset.js';

export interface ImportRecordsOptions extends Omit<ImportOptions, 'imported'> {
  /** Makes the environment of a record; closed when its episode is over. */
  readonly makeEnv: EnvFactory;
  /** Whose episodes, where the folder has those of several. */
  readonly policy?: string | undefined;
}

/**
 * Takes the finished and stopped episodes below a folder: of a run, or of a whole evaluation.
 * Rejects with `dataset` where they are of several games or players, `state_mismatch` where an episode is not what its
 * record says, and what the emulator rejects.
 */
export async function importRecords(folder: string, options: ImportRecordsOptions): Promise<ImportResult> {
  const { out, signal, onEpisode } = options;
  const source = await SourceFolder.open(folder);
  const { records, left } = await recordsIn(source, options.policy);
  const [first] = records as [EpisodeRecord];
  const env = await options.makeEnv(first.manifest, { render: false });
  const opened: ExchangeSource = {
    description: await describe(first, env).finally(() => env.close()),
    episodeCount: records.length,
    missing: [...left, 'labels: what was done is taken for what should be done'],
    async *episodes() {
      for (const [number, record] of records.entries()) yield await replayed(record, number, options);
    },
  };
  const sha256 = await hashSource(source, signal);
  const imported = { format: 'records' as const, source: basename(source.path), sha256, missing: [...opened.missing] };
  return { folder: await writeDataset(opened, { out, imported, signal, onEpisode }), missing: opened.missing };
}

async function recordsIn(
  source: SourceFolder,
  policy: string | undefined,
): Promise<{ records: EpisodeRecord[]; left: string[] }> {
  const names = (await source.list('', 'steps.jsonl')).map((name) => dirname(name));
  const all = await Promise.all(names.map((name) => openRecord(join(source.path, name))));
  const wanted = all.filter(({ manifest }) => policy === undefined || manifest.policy.id === policy);
  const whole = wanted.filter(({ manifest: { status } }) => status === 'finished' || status === 'stopped');
  const [first] = whole;
  if (!first) {
    const players = [...new Set(all.map(({ manifest }) => manifest.policy.id))];
    throw new AgentError('dataset', 'there are no finished episodes', {
      expected: 'records of episodes, as `agent play` and `agent eval` write them',
      got: players.length > 0 ? `${all.length} records, of ${harmlessName(players.join(', '))}` : 'no record',
      where: source.path,
    });
  }
  for (const record of whole) requireAlike(first, record);
  const failed = wanted.length - whole.length;
  return { records: whole, left: failed === 0 ? [] : [`${failed} episodes that failed or were broken off`] };
}

function requireAlike(first: EpisodeRecord, other: EpisodeRecord): void {
  if (first.manifest.policy.id !== other.manifest.policy.id) {
    throw new AgentError('dataset', 'the records are of several players', {
      expected: harmlessName(first.manifest.policy.id),
      got: harmlessName(other.manifest.policy.id),
      where: other.folder,
      next: 'name one with --policy',
    });
  }
  const shapeOf = ({ game, env }: Manifest): object => [game.name, game.config.emulator, actionNames({ game, env })];
  if (isDeepStrictEqual(shapeOf(first.manifest), shapeOf(other.manifest))) return;
  throw new AgentError('dataset', 'the records are of several games, or of one with several settings', {
    expected: harmlessName(first.manifest.game.name),
    got: harmlessName(other.manifest.game.name),
    where: other.folder,
    next: 'import each in a dataset of its own',
  });
}

async function describe({ manifest, folder }: EpisodeRecord, { spec }: ReplayEnv): Promise<Described> {
  const { game, policy, versions } = manifest;
  const [height = 0, width = 0, channels] = spec.observationSpace.shape;
  const actions = [...actionNames(manifest)];
  const isPlayable = spec.actionSpace.kind === 'discrete' && actions.length > 0;
  if ((channels !== 1 && channels !== 3) || !isPlayable) {
    throw new AgentError('unsupported_env', 'demonstrations are of pictures and named actions', {
      expected: 'observations of uint8 [height, width, 1 or 3], and actions with names',
      got: `[${spec.observationSpace.shape.join(', ')}], ${actions.length} names`,
      where: folder,
    });
  }
  const { env = '', ...emulator } = game.config.emulator as Record<string, never>;
  const { framesPerSecond, frameSkip } = spec;
  return {
    format: 'agent-demonstrations',
    format_version: 1,
    game: game.name,
    env,
    emulator,
    decisions_per_second: framesPerSecond === null ? null : framesPerSecond / frameSkip,
    actions,
    frame: { height, width, channels },
    stack: Number(game.config.frames),
    driver: policy,
    labeller: policy,
    noise: 0,
    max_steps: null,
    split: SPLIT_RULE,
    versions,
  };
}

type Described = Omit<DatasetDescription, 'seeds'>;

async function replayed(
  record: EpisodeRecord,
  number: number,
  { makeEnv, signal }: ImportRecordsOptions,
): Promise<ExchangedEpisode> {
  const { seed, status, result, game } = record.manifest;
  const env = await makeEnv(record.manifest, { render: false });
  try {
    const frames: Uint8Array[] = [];
    const steps: ExchangedStep[] = [];
    for await (const { line, played } of replaySteps(record, env, signal ? { signal } : {})) {
      if (!isFrame(played.observation)) throw new AgentError('unsupported_env', 'an observation is no picture');
      frames.push(await encodeFrame(played.observation));
      if (isDecision(line)) steps.push(asStep(line, steps.length, Number(game.config.frames)));
    }
    const ending = result?.terminated ? 'terminated' : result?.truncated ? 'truncated' : null;
    const end = status === 'finished' ? 'finished' : 'stopped';
    return { number, seed, score: result?.score ?? 0, status: end, ending, steps, frames };
  } finally {
    await env.close();
  }
}

/** An action that stands in for an answer that could not be used is none that the player chose: it counts as noise. */
function asStep(
  { executed, answered, fallback, reward, terminated, truncated }: StepLine,
  step: number,
  stack: number,
) {
  const action = executed as number;
  const label = typeof answered === 'number' ? answered : action;
  const isNoise = fallback !== null;
  const rest = { probabilities: null, value: null, reward, terminated, truncated };
  return { step, stack: usualStack(step, stack), action, label, isNoise, ...rest };
}
