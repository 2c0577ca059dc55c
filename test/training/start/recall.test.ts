import { beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../../src/agent/index.js';
import { createRandom } from '../../../src/core/index.js';
import { VisionLanguageModel } from '../../../src/model/index.js';
import { aimedActions } from '../../../src/players/vision-language/aim.js';
import { drawLongNames } from '../../../src/training/pictures/index.js';
import { rename } from '../../../src/training/play/varied-game.js';
import { keptWeights } from '../../../src/training/start/kept-weights.js';
import { beginToRecall } from '../../../src/training/start/recall/begin.js';
import { LAST_WORD, RECALL_HEADS, SAY_LAYER } from '../../../src/training/start/recall/layout.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';

const FOLDER = 'models/pae-lamm-objects';
const car = loadGame('carracing');

/** Of so many lists, told without pictures, the share of actions whose name is said behind their aim. */
async function recalled(model: VisionLanguageModel, count: number): Promise<number> {
  const random = createRandom(1, 'recalled');
  const [end] = model.tokenizer.endTokens as [number];
  let right = 0;
  for (let telling = 0; telling < count; telling++) {
    const { game } = rename(car, drawLongNames(car.actions.length, 'test', random));
    const lines = game.actions.map(({ name, description }) => `- ${name}: ${description}`);
    const prompt = model.prompt(`Actions:\n${lines.join('\n')}\n\nAnswer with the name of one.\n<|assistant|>`);
    const { aims, names } = aimedActions(model, game) as NonNullable<ReturnType<typeof aimedActions>>;
    for (const [action, aim] of aims.entries()) {
      const parts = [{ kind: 'given' as const, tokens: [aim] }];
      const endings = names.map((tokens) => [...tokens, end].slice(0, 2));
      const [filled] = await model.fill([prompt], { parts, endings });
      const { scores } = filled as { scores: readonly number[] };
      if (scores.indexOf(Math.max(...scores)) === action) right++;
    }
  }
  return right / (count * car.actions.length);
}

describe('a decoder that begins to recall', () => {
  let before: number;
  let after: number;
  let kept: ReadonlyMap<string, Uint8Array>;
  let quiet: boolean;

  beforeAll(async () => {
    using model = await VisionLanguageModel.load(FOLDER);
    before = await recalled(model, 6);
    beginToRecall(model, FOLDER);
    after = await recalled(model, 6);
    kept = keptWeights(model.network, ['recall']);
    const written = model.network.parameters.get('language.3.mlp.out.kernel');
    const width = written.shape.at(-1) as number;
    quiet = written.dataSync<'float32'>().every((value, i) => {
      const column = i % width;
      return value === 0 || column < LAST_WORD.start || column >= LAST_WORD.start + LAST_WORD.size;
    });
  });

  it('says what many actions are called before it has learnt a thing, where one that reads cannot', () => {
    // Any name that is told is right in 20 %.
    expect(before).toBeLessThan(0.3);
    expect(after).toBeGreaterThan(0.4);
  });

  it('keeps these heads and what they read, in the projector too, and leaves most weights to be learnt', () => {
    const { begin, count } = RECALL_HEADS[SAY_LAYER];
    const [columns, head] = [3 * 384, 48];
    const mask = kept.get(`language.${SAY_LAYER}.attention.in.kernel`) as Uint8Array;
    expect(mask.slice(begin * head, (begin + count) * head).every((one) => one === 1)).toBe(true);
    expect(mask.slice(0, columns).filter((one) => one === 1).length).toBeLessThan(columns);
    const bias = kept.get('projector.out.bias') as Uint8Array;
    expect(bias.slice(LAST_WORD.start, LAST_WORD.start + LAST_WORD.size).every((one) => one === 1)).toBe(true);
    expect(bias.filter((one) => one === 1)).toHaveLength(LAST_WORD.size);
    expect(quiet).toBe(true);
  });

  it('refuses a checkpoint without the room, and one that never read instructions', async () => {
    using small = await VisionLanguageModel.load(await tinyCheckpoint());
    expect(() => beginToRecall(small, 'tiny')).toThrow(/did not begin by reading instructions|too small/);
    using mini = await VisionLanguageModel.load('models/pae-lamm-mini');
    expect(() => beginToRecall(mini, 'mini')).toThrow(/did not begin by reading instructions/);
  });
});
