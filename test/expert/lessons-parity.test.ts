/**
 * The package that teaches on a GPU (envs/python/agent_training/lessons) and what plays make the same of recorded
 * pictures: the teacher, and the network with the shipped weights. What that package says:
 * `python -m agent_training.lessons.parity`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadGame } from '../../src/agent/index.js';
import { writeSighted } from '../../src/agent/sighted-answer.js';
import type { Frame } from '../../src/core/index.js';
import { projectPaths } from '../../src/core/project-paths.js';
import { teacherOf } from '../../src/expert/index.js';
import { VisionLanguageModel } from '../../src/model/index.js';
import { modelAnswers } from '../../src/players/vision-language/player.js';
import { readLessonsRecipe } from '../../src/training/lessons/recipe.js';
import { type ParityFile, readParity } from './parity-file.js';

/** Patches a side of the models that were taught. */
const GRID = 12;
/** A float32 network against one that multiplies in another order. */
const SCORE_TOLERANCE = 2e-3;

const fixture = new URL('fixtures/spaceinvaders-lessons.json', import.meta.url);
const decisionSchema = z.strictObject({
  stack: z.array(z.int()),
  teacher: z.strictObject({ sights: z.array(z.int()), action: z.int() }),
  /** Values of the patches' things that are not 0, by their place among all. */
  things: z.array(z.tuple([z.int(), z.number()])),
  model: z.strictObject({ numbers: z.array(z.int()), action: z.int(), scores: z.array(z.number()) }),
});

const endgameSchema = z.strictObject({
  shape: z.tuple([z.int(), z.int(), z.int(), z.int()]),
  decisions: z.array(
    z.strictObject({
      stack: z.array(z.int()),
      invaders: z.int(),
      /** The way of the mother ship that is aimed at, 0 where none is. */
      ship: z.literal([-1, 0, 1]),
      sights: z.array(z.int()),
      action: z.int(),
    }),
  ),
});

const game = loadGame('spaceinvaders');
const teacher = teacherOf(game);
const folder = join(projectPaths.models, 'pae-lamm-spaceinvaders');
let frames: ParityFile['frames'];
let decisions: z.output<typeof decisionSchema>[];

beforeAll(async () => {
  ({ frames } = await readParity('spaceinvaders'));
  decisions = z.array(decisionSchema).parse(JSON.parse(await readFile(fixture, 'utf8')));
});

/** What `python -m agent_training.lessons.endgame` recorded: the teacher's games on the march, at a ship, at bombs. */
async function readEndgame() {
  const bytes = gunzipSync(await readFile(new URL('fixtures/spaceinvaders-endgame.json.gz', import.meta.url)));
  const length = Number(bytes.readBigUInt64LE(0));
  const { shape, decisions } = endgameSchema.parse(JSON.parse(bytes.toString('utf8', 8, 8 + length)));
  const size = shape[1] * shape[2] * shape[3];
  const frames = Array.from({ length: shape[0] }, (_, i): Frame => {
    const start = 8 + length + i * size;
    return { dtype: 'uint8', shape: shape.slice(1), data: new Uint8Array(bytes.subarray(start, start + size)) };
  });
  return { frames, decisions };
}

const framesOf = (stack: readonly number[]) => stack.map((frame) => frames[frame] as (typeof frames)[number]);

describe('lessons in TypeScript and in Python', { timeout: 120_000 }, () => {
  it('tell the same numbers and actions', () => {
    expect(decisions.length).toBeGreaterThanOrEqual(60);
    for (const { stack, teacher: said } of decisions) expect(teacher.look(framesOf(stack))).toEqual(said);
  });

  it('tell the same of every number of invaders, of mother ships and beside bombs', async () => {
    const { frames, decisions } = await readEndgame();
    const invaders = new Set(decisions.map(({ invaders }) => invaders));
    for (let left = 1; left <= 36; left++) expect(invaders).toContain(left);
    expect(new Set(decisions.map(({ ship }) => ship)).size).toBe(3);
    const dodges = decisions.filter(({ sights }) => sights[2] !== 0);
    expect(new Set(dodges.map(({ action }) => action)).size).toBeGreaterThanOrEqual(4);
    for (const { stack, sights, action } of decisions) {
      const shown = stack.map((frame) => frames[frame] as (typeof frames)[number]);
      expect(teacher.look(shown)).toEqual({ sights, action });
    }
  });

  it('tell the same of every patch', async () => {
    const { patches } = await readLessonsRecipe(join(projectPaths.configs, 'training', 'lessons-spaceinvaders.yaml'));
    for (const { stack, things } of decisions) {
      const shown = teacher.things(framesOf(stack));
      const kinds = [
        { places: shown.cannon ? [shown.cannon] : [], ...patches.kinds.cannon },
        { places: shown.bombs, ...patches.kinds.bombs },
        { places: shown.invaders, ...patches.kinds.invaders },
      ];
      const told = new Map<number, number>();
      for (const [kind, { places, from_row }] of kinds.entries()) {
        // Of two in one patch the lower one is told: it is nearer.
        for (const { x, y } of places.filter((place) => place.y >= from_row).toSorted((a, b) => a.y - b.y)) {
          const column = (x / 160) * GRID;
          const beside = 2 * (column - Math.floor(column)) - 1;
          const patch = Math.floor((y / 210) * GRID) * GRID + Math.floor(column);
          [1, beside, beside * beside].forEach((value, i) => {
            told.set(patch * 9 + kind * 3 + i, patches.strength * value);
          });
        }
      }
      // float16 on their side.
      for (const [at, value] of things) expect(told.get(at)).toBeCloseTo(value, 2);
      expect([...told.values()].filter((value) => Math.abs(value) > 1e-3)).toHaveLength(things.length);
    }
  });

  it('come to a network that says the same', async () => {
    using model = await VisionLanguageModel.load(folder);
    const answersOf = modelAnswers(model);
    for (const { stack, model: said } of decisions.filter((_, i) => i % 4 === 0)) {
      const [answer] = await answersOf(game, [{ frames: framesOf(stack), attempt: 0 }]);
      expect(answer?.raw).toBe(writeSighted(said.numbers, game.actions[said.action]?.name as string));
      answer?.scores?.forEach((score, action) => {
        expect(Math.abs(score - (said.scores[action] as number))).toBeLessThan(SCORE_TOLERANCE);
      });
    }
  });
});
