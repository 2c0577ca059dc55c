/** The schema of configs/games/*.yaml. docs/games.md explains every field; the two are changed together. */
import { z } from 'zod';
import { jsonFields } from '../../core/json-fields.js';
import { FIRST_EVALUATION_SEED, SEEDS } from '../../core/seeds.js';
import { ActionLexicon } from '../parser/action-lexicon.js';
import { differing } from '../play-settings/play-settings.js';
import { playSchema } from '../play-settings/schema.js';
import {
  countImages,
  DEFAULT_PIECES,
  IMAGE_MARKER,
  PLACEHOLDERS,
  placeholdersIn,
  SIGHTED_ANSWER,
} from '../prompt/pieces.js';
import { fallbackOf, isAction, isObject, namesAnAction } from './action-references.js';
import { actionList } from './action-schema.js';
import type { Game } from './game.js';
import { sightList } from './sight-schema.js';

const MAX_SEED = 2 ** 32 - 1;

const text = z.string().trim().min(1);

const emulator = z
  .strictObject({
    env: text,
    kwargs: jsonFields
      .default({})
      .refine((kwargs) => !('render_mode' in kwargs), 'render_mode is set by the harness: leave it out'),
    frame_skip: z.int().min(1).max(1000).default(1),
    max_pool: z.boolean().default(false),
    observation: z.enum(['native', 'render']).default('native'),
    color: z.enum(['rgb', 'gray']).default('rgb'),
  })
  .refine(({ frame_skip, max_pool }) => !max_pool || frame_skip > 1, {
    path: ['max_pool'],
    error: 'max_pool takes the maximum of two frames: it needs a frame_skip of 2 or more',
  });

/** A piece of the prompt: only its own braces, and the image marker only where it belongs. */
function piece(name: keyof typeof PLACEHOLDERS, images = 0) {
  const known: readonly string[] = PLACEHOLDERS[name];
  const list = known.length > 0 ? known.map((one) => `{${one}}`).join(', ') : 'none';
  return text
    .refine((value) => placeholdersIn(value).every((one) => known.includes(one)), {
      error: ({ input }) => {
        const unknown = placeholdersIn(String(input)).filter((one) => !known.includes(one));
        return `unknown in braces: ${unknown.map((one) => `{${one}}`).join(', ')}; here can stand: ${list}`;
      },
    })
    .refine((value) => countImages(value) === images, {
      error:
        images === 1 ? `${IMAGE_MARKER} stands here exactly once` : `${IMAGE_MARKER} belongs into prompt.frame alone`,
    });
}

const prompt = z.strictObject({
  instructions: piece('instructions'),
  template: piece('template')
    .refine(
      (value) => placeholdersIn(value).filter((one) => one === 'frames').length === 1,
      '{frames} stands here exactly once',
    )
    .default(DEFAULT_PIECES.template),
  frame: piece('frame', 1).default(DEFAULT_PIECES.frame),
  action: piece('action').default(DEFAULT_PIECES.action),
  answer: piece('answer').exactOptional(),
  retry: piece('retry').default(DEFAULT_PIECES.retry),
});

/** `[from, to]`, both ends included. */
function seedRange(least: number, most: number, fallback: readonly [number, number]) {
  const seed = z.int().min(least).max(most);
  return z
    .tuple([seed, seed])
    .refine(([from, to]) => from <= to, 'the first seed of a range is not above the last')
    .default([...fallback]);
}

const seeds = z.strictObject({
  default: z.int().min(0).max(MAX_SEED).default(7),
  training: seedRange(0, FIRST_EVALUATION_SEED - 1, [0, FIRST_EVALUATION_SEED - 1]),
  evaluation: seedRange(FIRST_EVALUATION_SEED, MAX_SEED, [SEEDS.evaluation.from, SEEDS.evaluation.to]),
});

/**
 * Where the text of videos goes. It never lies on the picture: what was asked for over an edge of it, by games and
 * records from before this was so, goes beside that edge.
 */
export const overlayPlacement = z
  .enum(['above', 'below', 'top', 'bottom'])
  .transform((place): 'above' | 'below' => (place === 'above' || place === 'top' ? 'above' : 'below'));

const video = z.strictObject({
  fps: z.number().positive().max(240).default(30),
  scale: z.int().min(1).max(16).default(1),
  overlay: overlayPlacement.default('below'),
});

const reference = z.strictObject({
  name: text,
  mean: z.number(),
  deviation: z.number().min(0).exactOptional(),
  episodes: z.int().min(1).exactOptional(),
  source: text,
});

const answers = z.strictObject({
  retries: z.int().min(0).max(100).default(1),
  fallback: text,
  on_error: z.enum(['fail', 'fallback']).default('fail'),
});

const game = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name is of small letters, digits and dashes'),
    title: text,
    emulator,
    frames: z.int().min(1).max(32).default(1),
    actions: actionList,
    noop: text.exactOptional(),
    goal: z.number().exactOptional(),
    usual_decisions: z.int().min(1).max(10_000_000).exactOptional(),
    sights: sightList,
    answers,
    prompt,
    play: playSchema.exactOptional(),
    seeds: seeds.prefault({}),
    video: video.prefault({}),
    reference: z.array(reference).default([]),
  })
  .refine(
    (fields) => isAction(fields.noop, fields),
    namesAnAction(['noop'], ({ noop }) => noop),
  )
  .refine((fields) => isAction(fallbackOf(fields), fields), namesAnAction(['answers', 'fallback'], fallbackOf));

type GameFields = z.output<typeof game>;

/** Games as their YAML says them, checked, and turned into what the harness works with. */
export const gameSchema = game.transform(toGame);

/** The same, for a file of this name: a game is called as its file is. */
export function gameSchemaOf(expected: string): z.ZodType<Game> {
  const named = game.refine(({ name }) => name === expected, {
    path: ['name'],
    when: ({ value }) => isObject(value) && typeof value.name === 'string',
    error: () => `a game is called as its file is: write name: ${expected}, or rename the file`,
  });
  return named.transform(toGame);
}

function toGame(fields: GameFields): Game {
  const { name, title, frames, sights, prompt, video, reference } = fields;
  const lexicon = new ActionLexicon(fields.actions);
  const indexOf = (action: string): number => lexicon.find(action) as number;
  const rows = fields.actions.flatMap(({ vector, number }) => {
    if (vector) return [vector];
    return number === undefined ? [] : [[number]];
  });
  const play = differing(fields.play ?? {});
  const { env, kwargs, frame_skip, max_pool, observation, color } = fields.emulator;
  return {
    name,
    title,
    emulator: {
      env,
      kwargs,
      frameSkip: frame_skip,
      maxPool: max_pool,
      observation,
      color,
      actions: rows.length > 0 ? rows : null,
    },
    frames,
    actions: fields.actions.map(({ name, aliases, description }) => ({ name, aliases, description })),
    noop: fields.noop === undefined ? null : indexOf(fields.noop),
    ...(fields.goal === undefined ? {} : { goal: fields.goal }),
    ...(fields.usual_decisions === undefined ? {} : { usualDecisions: fields.usual_decisions }),
    sights,
    answers: {
      retries: fields.answers.retries,
      fallback: indexOf(fields.answers.fallback),
      onError: fields.answers.on_error,
    },
    prompt: { ...prompt, answer: prompt.answer ?? (sights.length > 0 ? SIGHTED_ANSWER : DEFAULT_PIECES.answer) },
    ...(Object.keys(play).length === 0 ? {} : { play }),
    seeds: {
      default: fields.seeds.default,
      training: { from: fields.seeds.training[0], to: fields.seeds.training[1] },
      evaluation: { from: fields.seeds.evaluation[0], to: fields.seeds.evaluation[1] },
    },
    video,
    reference,
  };
}
