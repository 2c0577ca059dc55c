#!/usr/bin/env node
/**
 * Writes what the trainer in Python (envs/python/agent_envs/lessons) is to tell a model, as tokens: the prompt of a game with
 * sights, the same with names swapped and lists reordered, and the tokens of numbers and names. So the tokenizer, the chat template and
 * the prompt stay where they are.
 *
 *   node scripts/write-tellings.mjs CONFIG MODEL FILE [COUNT]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';

const built = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
const { loadGame } = await built('agent/index.js');
const { promptFor } = await built('agent/policies/pae-lamm.js');
const { createRandom } = await built('core/index.js');
const { VisionLanguageModel } = await built('model/index.js');
const { readImageProcessing } = await built('model/image/index.js');
const { sightToken } = await built('training/play/sighted-targets.js');
const { plainGame, varyGame } = await built('training/play/varied-game.js');

const [config, folder, file, count = '400'] = process.argv.slice(2);
if (!file) throw new TypeError('expected CONFIG MODEL FILE [COUNT]');

const game = await loadGame(config);
const processing = await readImageProcessing(folder);
const model = await VisionLanguageModel.load(folder);
const random = createRandom(1, 'tellings');
const frame = { dtype: 'uint8', shape: [2, 2, 3], data: new Uint8Array(12) };
const frames = Array.from({ length: game.frames }, () => frame);
const numbers = Array.from({ length: 256 }, (_, number) => number);

function telling({ game: told, names }) {
  const { tokens } = promptFor(model, told, { frames, attempt: 0 });
  return { prompt: tokens, answers: names.map((name) => model.answer(name)) };
}

// As configs/training/play-spaceinvaders-sights.yaml varies them where it says nothing else; the first is the game as it is.
const variation = { swapped: 0.1, reordered: 0.25 };
const varied = Array.from({ length: Number(count) - 1 }, () => telling(varyGame(game, variation, random)));
const { mean, deviation, resize } = processing;
writeFileSync(
  file,
  JSON.stringify({
    begin: model.tokenizer.encode('', true),
    image_token: model.network.image.imageToken,
    patches: model.network.image.tokensPerImage,
    preprocessing: { mean, deviation, side: resize.height },
    sights: game.sights.map((_, place) => numbers.map((value) => sightToken(model, value, place, game.sights.length))),
    tellings: [telling(plainGame(game)), ...varied],
  }),
);
process.exit(0);
