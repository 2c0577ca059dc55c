/** Pictures for training and evaluation, and what is known about them. See docs/training-data.md. */
export * from './evaluation-sets.js';
export { type GameFrameOptions, openGameFrames } from './games/game-frame-source.js';
export * from './image-source.js';
export { CONDITION_KINDS, type ConditionKind } from './made-up-games/conditions.js';
export {
  type MadeUpAction,
  type MadeUpGame,
  makeUpGame,
  rightName,
  swapMadeUp,
  tellMadeUp,
} from './made-up-games/made-up-game.js';
export { drawLongNames } from './made-up-games/names.js';
export { mixSources, type Weighted } from './mixture.js';
export { type Cutout, openCutouts, pasteOn, readCutouts } from './photographs/cutout-source.js';
export { type LeftOut, openPhotographs, type PhotographOptions } from './photographs/photograph-source.js';
export { captionOf } from './scenes/captions.js';
export { type ContrastOptions, openContrasts } from './scenes/contrasts.js';
export { describe, phrase, withArticle } from './scenes/describe.js';
export { type Box, type DrawnScene, drawScene, maskOf } from './scenes/draw-scene.js';
export { isDistinct, makeScene } from './scenes/make-scene.js';
export { type Naming, namingsOf } from './scenes/namings.js';
export { COLOUR_NAMES, type ColourName, PALETTE } from './scenes/palette.js';
export { askAbout, QUESTION_KINDS, type Question, type QuestionKind, questionsOf } from './scenes/questions.js';
export { expressionFor, type Reference, referencesOf } from './scenes/references.js';
export type { Scene, SceneObject } from './scenes/scene.js';
export { openScenes, type SceneOptions, sceneSeed } from './scenes/scene-source.js';
export { SHAPE_NAMES, type ShapeName } from './scenes/shapes.js';
