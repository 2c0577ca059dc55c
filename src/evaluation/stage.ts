/** One recorded episode, put together from what was asked for: game, environment, policy, observers. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Clock,
  type EmulatorSettings,
  type EnvironmentOptions,
  type EpisodeEnd,
  type EpisodeObserver,
  fromVectorEnv,
  type Game,
  gameForEnv,
  isGame,
  type PlayChoices,
  type Policy,
  playEpisode,
  readGame,
  requireNeeds,
  requireSameActions,
  tellingItsFile,
  writtenGame,
} from '../agent/index.js';
import { projectPaths } from '../core/project-paths.js';
import { type Emulators, type GymStep, makeVectorEnv, type VectorEnv } from '../env-bridge/index.js';
import { createView, defaultPolicy, needsOf, type Person, playedBy, type Services } from '../players/index.js';
import { EpisodeRecorder, gitState, openRecord, programVersions, type RecorderOptions } from '../record/index.js';
import { findFfmpeg, VideoRecorder } from '../video/index.js';
import { makePlayer } from './make-player.js';

/** One episode as it is asked for. */
export interface StageOptions extends EnvironmentOptions {
  /** By name or path; an environment without a file otherwise. */
  readonly game?: string | undefined;
  /** Who plays; the shipped player of the game where left out. */
  readonly policy?: string | undefined;
  /** Ways of playing, before those of the policy and the game. */
  readonly play?: PlayChoices | undefined;
  /** The game's own where left out. */
  readonly seed?: number | undefined;
  /** Decisions after which the episode is stopped. */
  readonly maxDecisions?: number | undefined;
  /** The paused clock where left out. */
  readonly clock?: Clock | undefined;
  /** A video while it is played: its path, or `episode.mp4` beside the record. */
  readonly video?: boolean | string | undefined;
  /** The bare picture in the video where false. */
  readonly overlay?: boolean | undefined;
  /** The pictures that the policy is given, beside the game's. */
  readonly view?: boolean | undefined;
  /** Folder of the record; a new one under runs/ where left out. */
  readonly out?: string | undefined;
  readonly plain?: boolean | undefined;
  /** What players over HTTP share; without limits where left out. A budget that is used up ends the episode. */
  readonly services?: Services | undefined;
  /** Who plays as `human`; nobody where left out. */
  readonly person?: Person | undefined;
  /** The user's words, for the record. */
  readonly given?: readonly string[] | undefined;
}

/** What is left behind when an episode is over; null where there is none. */
export interface StageOutcome {
  readonly game: string;
  readonly policy: string;
  readonly seed: number;
  readonly run: string | null;
  readonly video: string | null;
  readonly chain: string | null;
}

export interface Stage extends AsyncDisposable {
  readonly title: string;
  /** Who plays, and in which episode. */
  readonly policy: string;
  readonly seed: number;
  readonly actionNames: readonly string[];
  play(watchers: readonly EpisodeObserver[]): Promise<EpisodeEnd>;
  outcome(): Promise<StageOutcome>;
}

/**
 * Makes what the options name. Rejects with the error of the first thing that is wrong, before anything is played.
 * @param recoveriesBefore of the emulators, of episodes before this one; those while they started are the first one's
 */
export async function openStage(
  options: StageOptions,
  emulators: Emulators,
  signal: AbortSignal,
  recoveriesBefore = 0,
): Promise<Stage> {
  const frames = options.video !== undefined && options.video !== false;
  if (frames) await findFfmpeg();
  const described = readGame(writtenGame(options));
  const emulator = isGame(described) ? described.emulator : described;
  const environment = await makeEnvironment(emulator, {
    emulators,
    signal,
    render: frames,
    plain: options.plain === true,
  });
  let made: Policy | undefined;
  try {
    const own: Game = isGame(described) ? described : gameForEnv(environment.spec, emulator);
    const player = options.policy ?? defaultPolicy(own);
    const game = await playedBy(player, own, options.play);
    const seed = options.seed ?? game.seeds.default;
    requireSameActions(game, environment.spec);
    requireNeeds(player, await needsOf(player), game, environment.spec);
    const policy = await makePlayer(player, { game, signal, services: options.services, person: options.person });
    made = policy;
    const recorder = await recorderFor(options, { game, policy: policy.id, seed }, { emulators, recoveriesBefore });
    const videoPath = (): string =>
      typeof options.video === 'string' ? resolve(options.video) : join(recorder.folder ?? '.', 'episode.mp4');
    const view = options.view && frames ? await createView(policy.id, { game }) : undefined;
    const look = { ...(options.overlay !== false ? {} : { overlay: false as const }), ...(view ? { view } : {}) };
    const video = frames ? [new VideoRecorder(videoPath, look)] : [];
    return {
      title: game.title,
      policy: policy.id,
      seed,
      actionNames: game.actions.map(({ name }) => name),
      play: (watchers) =>
        playEpisode<GymStep>({
          game,
          policy,
          environments: fromVectorEnv(environment, { frames }),
          episode: { id: `${game.name}-${seed}`, seed, observers: [recorder, ...video, ...watchers] },
          clock: options.clock ?? null,
          ...(options.maxDecisions === undefined ? {} : { maxDecisions: options.maxDecisions }),
          signal: withBudget(signal, options.services),
        }),
      outcome: async () => {
        const run = recorder.folder ?? null;
        const manifest = run === null ? null : (await openRecord(run)).manifest;
        return {
          game: game.name,
          policy: policy.id,
          seed,
          run,
          video: frames && manifest?.result && existsSync(videoPath()) ? videoPath() : null,
          chain: manifest?.result?.chain ?? null,
        };
      },
      [Symbol.asyncDispose]: async () => {
        await policy[Symbol.asyncDispose]();
        await environment.close();
      },
    };
  } catch (error) {
    await made?.[Symbol.asyncDispose]();
    await environment.close();
    throw error;
  }
}

/** A signal that also ends where the budget of services is used up. */
export function withBudget(signal: AbortSignal, services: Services | undefined): AbortSignal {
  return services === undefined ? signal : AbortSignal.any([signal, services.budget.signal]);
}

/** The recorder of an episode; `played` left out where no emulator came up to play it in. */
export async function recorderFor(
  { out, given = [], maxDecisions, plain = false }: StageOptions,
  { game, policy, seed }: { readonly game: Game; readonly policy: string; readonly seed: number },
  played?: { readonly emulators: Emulators; readonly recoveriesBefore: number },
): Promise<EpisodeRecorder> {
  const { env, ...settings } = game.emulator;
  // As JSON would have it: the game's own object is read-only by type.
  const emulator: RecorderOptions['arguments']['resolved']['emulator'] = JSON.parse(JSON.stringify(settings));
  return new EpisodeRecorder({
    folder: out === undefined ? { runs: projectPaths.runs } : { exactly: out },
    arguments: {
      given: [...given],
      resolved: { game: game.name, env, emulator, policy, seed, maxSteps: maxDecisions ?? null, plain },
    },
    versions: { ...(await programVersions()), ...played?.emulators.versions },
    git: await gitState(),
    ...(played && {
      recoveries: () => played.emulators.recoveries,
      recoveriesBefore: played.recoveriesBefore,
    }),
  });
}

async function makeEnvironment(
  emulator: EmulatorSettings,
  options: { emulators: Emulators; signal: AbortSignal; render: boolean; plain: boolean },
): Promise<VectorEnv> {
  const { env, ...settings } = emulator;
  return tellingItsFile(emulator, () => makeVectorEnv(env, { ...settings, ...options, count: 1 }));
}
