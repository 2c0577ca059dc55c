/** What the page is told of an episode before its decisions. */
import { actionNames, gameTitle, sightsOf } from '../record/game-facts.js';
import type { OpenEpisode } from './open-episode.js';
import type { AskingFacts, EpisodeFacts, EpisodeRow } from './protocol.js';

/** Frames a second of a game that does not say. */
const DEFAULT_FPS = 30;

/** `row` is missing of an episode that was deleted since it was opened. */
export function factsOf(
  { manifest, given, progress }: OpenEpisode,
  row: EpisodeRow | undefined,
  asks: AskingFacts | null,
): EpisodeFacts {
  const { game, policy, seed, status, started, result, env, error } = manifest;
  const own: EpisodeRow = {
    ...{ id: row?.id ?? '', run: row?.run ?? '', evaluation: row?.evaluation ?? null },
    ...{ game: game.name, policy: policy.id, seed, status, started, isLive: progress.isLive },
    ...{ score: result?.score ?? null, decisions: result?.decisions ?? null },
  };
  return {
    row: own,
    title: gameTitle(manifest),
    actions: actionNames(manifest),
    sights: sightsOf(manifest),
    framesPerSecond: env?.framesPerSecond ?? DEFAULT_FPS,
    frameSkip: env?.frameSkip ?? 1,
    size: env?.renderSize ?? null,
    givenNote: given.note,
    error: error ? [error.message, error.got, error.next].filter(Boolean).join(': ') : null,
    asks,
    manifest,
  };
}
