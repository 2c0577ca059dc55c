/** The texts that the vocabulary is learnt from: what the model will read and write, in about its proportions. */
import { listGames, promptText } from '../../agent/index.js';
import { createRandom } from '../../core/random.js';
import { makeUpGame, tellMadeUp } from '../pictures/made-up-games/made-up-game.js';
import { captionOf } from '../pictures/scenes/captions.js';
import { drawScene } from '../pictures/scenes/draw-scene.js';
import { makeScene } from '../pictures/scenes/make-scene.js';
import { questionsOf } from '../pictures/scenes/questions.js';
import { referencesOf } from '../pictures/scenes/references.js';

/** Scenes whose captions, questions and expressions are read. */
const SCENES = 400;
/** Masks decide which expressions there are; their size does not matter. */
const SIDE = 48;
/** Made-up games of each scene: their invented names are to be cut into the syllables that they are made of. */
const MADE_UP = 3;
/** Every game's prompt is read so often: its words must not be lost among the many of scenes. */
const GAME_REPEATS = 20;

export interface CorpusOptions {
  /** Whether instructions of made-up games are read, too. */
  readonly madeUpGames?: boolean;
}

/** All texts, the same in every run. */
export function* vocabularyCorpus({ madeUpGames = false }: CorpusOptions = {}): Generator<string> {
  // One that only differs from another would count its words twice.
  for (const game of listGames().filter(({ variantOf }) => variantOf === undefined)) {
    for (let repeat = 0; repeat < GAME_REPEATS; repeat++) {
      yield promptText(game, game.frames, repeat % 2);
      for (const { name, aliases } of game.actions) yield* [name, ...(aliases ?? [])];
    }
  }
  for (let seed = 0; seed < SCENES; seed++) {
    const random = createRandom(seed, 'vocabulary');
    const drawn = drawScene(makeScene(seed, random.next()), SIDE);
    yield captionOf(drawn.scene, random);
    for (const { question, answer } of questionsOf(drawn.scene, random)) yield* [question, answer];
    for (const { expression } of referencesOf(drawn, random)) yield ` ${expression}`;
    for (let telling = 0; madeUpGames && telling < MADE_UP; telling++) {
      const game = makeUpGame(drawn.scene, 'train', random);
      if (game) yield tellMadeUp(game);
    }
  }
}
