/** Games as data, the prompt, the action parser, and the loop that plays episodes. See docs/games.md. */

export type { ConfigProblem } from '../core/config-error.js';
export { FIRST_EVALUATION_SEED } from '../core/seeds.js';
export { didYouMean, parseYamlConfig } from '../core/yaml-config.js';
export * from './conversation/conversation.js';
export { majority } from './conversation/majority.js';
export { resolveAction } from './game/action-name.js';
export { areActionNames } from './game/action-schema.js';
export {
  type EnvironmentOptions,
  isGame,
  openGame,
  readGame,
  specOf,
  writtenGame,
} from './game/environment.js';
export { tellingItsFile } from './game/file-of.js';
export { defaultEmulator, gameForEnv } from './game/for-env.js';
export * from './game/game.js';
export { findGameOf, gameNames, listGames, loadGame, loadShippedGame, parseGame } from './game/load.js';
export { requireSameActions } from './game/same-actions.js';
export { gameSchema, overlayPlacement } from './game/schema.js';
export { MAX_SIGHTS } from './game/sight-schema.js';
export * from './loop/answer-counters.js';
export { type Clock, clockInWords, parseClock } from './loop/clock.js';
export { fromEnvs, fromVectorEnv } from './loop/environments.js';
export * from './loop/episode.js';
export type { EpisodeSource } from './loop/episode-source.js';
export { type Need, requireNeeds } from './loop/needs.js';
export { DEFAULT_PATIENCE, type Patience, waitOf } from './loop/patience.js';
export { type PlayOptions, playEpisode, playEpisodes } from './loop/play-episodes.js';
export * from './loop/spent.js';
export { type Turn, Turns } from './loop/turns.js';
export { explainParse, parseAction } from './parser/parse-action.js';
export { type PlanResult, parsePlan } from './parser/parse-plan.js';
export * from './parser/parse-result.js';
export { parsePlay } from './play-settings/parse-play.js';
export * from './play-settings/play-settings.js';
export { playSchema } from './play-settings/schema.js';
export * from './policy.js';
export { FrameStack } from './prompt/frame-stack.js';
export { IMAGE_MARKER } from './prompt/pieces.js';
export { buildPrompt, type FrameOrder, type PromptParts, type PromptSegment, promptText } from './prompt/prompt.js';
export { splitSighted, writeSighted } from './sighted-answer.js';
