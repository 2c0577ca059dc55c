/** Everything one episode needs, put together from the command line's words: game, environment, policy, observers. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EmulatorSettings, EpisodeEnd, EpisodeObserver, Game, Policy } from '../../agent/index.js';
import { projectPaths } from '../../core/project-paths.js';
import type { Emulators, GymStep, VectorEnv } from '../../env-bridge/index.js';
import { defaultPolicy } from '../../players/kinds.js';
import type { EpisodeRecorder, RecorderOptions } from '../../record/index.js';
import type { PlayOptions } from '../commands/play.js';
import { isGame, readGame, writtenGame } from './environment-options.js';

/** What is left behind when an episode is over; null where there is none. */
export interface Outcome {
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
  outcome(): Promise<Outcome>;
}

/**
 * Makes what the options name. Rejects with the error of the first thing that is wrong, before anything is played.
 * @param recoveriesBefore of the emulators, of episodes before this one; those while they started are the first one's
 */
export async function openStage(
  options: PlayOptions,
  emulators: Emulators,
  signal: AbortSignal,
  recoveriesBefore = 0,
): Promise<Stage> {
  const { createPolicy, createView, needsOf } = await import('../../players/index.js');
  const { fromVectorEnv, gameForEnv, playEpisode, requireNeeds, requireSameActions } = await import(
    '../../agent/index.js'
  );
  const { openRecord } = await import('../../record/index.js');
  const { findFfmpeg, VideoRecorder } = await import('../../video/index.js');
  const frames = options.record !== undefined;
  if (frames) await findFfmpeg();
  const described = await readGame(await writtenGame(options));
  const emulator = isGame(described) ? described.emulator : described;
  const environment = await makeEnvironment(emulator, {
    emulators,
    signal,
    render: frames,
    plain: options.plain === true,
  });
  try {
    const game: Game = isGame(described) ? described : gameForEnv(environment.spec, emulator);
    const seed = options.seed ?? game.seeds.default;
    const player = options.policy ?? defaultPolicy(game);
    requireSameActions(game, environment.spec);
    requireNeeds(player, await needsOf(player), game, environment.spec);
    const policy: Policy = await createPolicy(player, { game, signal });
    const recorder = await recorderFor(options, { game, policy: policy.id, seed }, { emulators, recoveriesBefore });
    const videoPath = (): string =>
      typeof options.record === 'string' ? resolve(options.record) : join(recorder.folder ?? '.', 'episode.mp4');
    const view = options.view && frames ? await createView(policy.id, { game }) : undefined;
    const look = { ...(options.overlay ? {} : { overlay: false as const }), ...(view ? { view } : {}) };
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
          ...(options.maxSteps === undefined ? {} : { maxSteps: options.maxSteps }),
          signal,
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
    await environment.close();
    throw error;
  }
}

/** The recorder of an episode; `played` left out where no emulator came up to play it in. */
export async function recorderFor(
  options: PlayOptions,
  { game, policy, seed }: { readonly game: Game; readonly policy: string; readonly seed: number },
  played?: { readonly emulators: Emulators; readonly recoveriesBefore: number },
): Promise<EpisodeRecorder> {
  const { EpisodeRecorder: Recorder, gitState, programVersions } = await import('../../record/index.js');
  const { env, ...settings } = game.emulator;
  const resolved: RecorderOptions['arguments']['resolved'] = {
    game: game.name,
    env,
    // As JSON would have it: the game's own object is read-only by type.
    emulator: JSON.parse(JSON.stringify(settings)),
    policy,
    seed,
    maxSteps: options.maxSteps ?? null,
    plain: options.plain === true,
  };
  return new Recorder({
    folder: options.out === undefined ? { runs: projectPaths.runs } : { exactly: options.out },
    arguments: { given: process.argv.slice(2), resolved },
    versions: { ...(await programVersions()), ...played?.emulators.versions },
    git: await gitState(),
    ...(played && {
      recoveries: () => played.emulators.recoveries,
      recoveriesBefore: played.recoveriesBefore,
    }),
  });
}

async function makeEnvironment(
  { env, ...settings }: EmulatorSettings,
  options: { emulators: Emulators; signal: AbortSignal; render: boolean; plain: boolean },
): Promise<VectorEnv> {
  const { makeVectorEnv } = await import('../../env-bridge/index.js');
  return makeVectorEnv(env, { ...settings, ...options, count: 1 });
}
