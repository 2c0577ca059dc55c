/**
 * The prompt of a decision: the game's pieces put together around the stacked frames. Pure. The text is what a LLaVA
 * chat template takes as the user's turn; the segments are the same for services that take text and pictures as parts.
 */
import { AgentError, type Frame } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { playOf } from '../play-settings/play-settings.js';
import { writeSighted } from '../sighted-answer.js';
import { countImages, fill, IMAGE_MARKER } from './pieces.js';

export type PromptSegment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly frame: Frame };

/** In which order the frames of a decision are shown. Their numbers are those of time in either. */
export type FrameOrder = 'oldest-first' | 'newest-first';

export interface PromptParts {
  /** The whole text, with one `<image>` for each frame, in order. */
  readonly text: string;
  /** What the markers stand for, in their order. The same objects as in the situation. */
  readonly frames: readonly Frame[];
  /** Text and pictures in order; texts are never empty. */
  readonly segments: readonly PromptSegment[];
}

/**
 * The prompt for a situation of `game`. Everything before the first frame is the same in every decision of a game, so
 * a model can keep its KV cache. From the second attempt on a reminder is added at the end.
 * Throws `unsupported_env` where there is no picture to show.
 */
export function buildPrompt(
  game: Game,
  situation: { readonly frames: readonly Frame[]; readonly attempt: number },
  order: FrameOrder = 'oldest-first',
): PromptParts {
  const { attempt } = situation;
  const frames = order === 'oldest-first' ? situation.frames : situation.frames.toReversed();
  requirePictures(game, frames);
  const text = promptText(game, frames.length, attempt, order);
  return { text, frames, segments: toSegments(text, frames) };
}

/** Throws `unsupported_env` where there is no picture to show. */
export function requirePictures({ emulator }: Game, frames: readonly Frame[]): void {
  if (frames.length > 0) return;
  throw new AgentError('unsupported_env', 'there is no picture to show a model', {
    expected: 'observations that are pictures: uint8 [height, width, 1 or 3]',
    where: emulator.env,
    next: "write `observation: render` in the game's YAML to play from the rendered picture",
  });
}

/** The text of the prompt alone, for `count` frames. */
export function promptText(game: Game, count: number, attempt: number, order: FrameOrder = 'oldest-first'): string {
  const text = fillTemplate(game, game.prompt.template, count, order);
  return attempt === 0 ? text : `${text}\n${retryText(game)}`;
}

/** What a further turn of a conversation says: the prompt from its frames on. */
export function turnText(game: Game, count: number, order: FrameOrder): string {
  const { template } = game.prompt;
  return fillTemplate(game, template.slice(template.indexOf('{frames}')), count, order);
}

/** What a model is reminded of when its answer could not be used. */
export function retryText(game: Game): string {
  return fill(game.prompt.retry, { names: namesIn(game) });
}

function fillTemplate(game: Game, template: string, count: number, order: FrameOrder): string {
  const { prompt, actions, sights } = game;
  const frames = Array.from({ length: count }, (_, index) =>
    fill(prompt.frame, { number: String(index + 1), count: String(count) }),
  );
  const lines = actions.map(({ name, description }, index) =>
    fill(prompt.action, { name, description, index: String(index) }),
  );
  return fill(template, {
    instructions: prompt.instructions,
    actions: areHidden(game) ? HIDDEN_LIST : lines.join('\n'),
    answer: fill(prompt.answer, {
      names: namesIn(game),
      sights: sightLines(sights),
      example: exampleAnswer(game),
    }),
    frames: order === 'oldest-first' ? frames.join('\n') : [NEWEST_FIRST, ...frames.toReversed()].join('\n'),
  });
}

/** What stands where the names would, in a game that keeps them to itself. */
const HIDDEN_LIST = 'They are not listed here. Name the one that you would take, in a word or two.';
const HIDDEN_NAMES = 'one that the game knows';

const areHidden = (game: Game): boolean => playOf(game).names === 'hidden';

function namesIn(game: Game): string {
  return areHidden(game) ? HIDDEN_NAMES : listed(game.actions.map(({ name }) => name));
}

/** Said where the order is not the one that a game's own words speak of. */
const NEWEST_FIRST = 'The newest picture comes first here.';

/** A text cut at its image markers, with the frames that they stand for. Throws `config` where the two do not fit. */
export function toSegments(text: string, frames: readonly Frame[]): PromptSegment[] {
  if (countImages(text) !== frames.length) {
    // The schema keeps the marker out of every piece but `frame`; actions of an emulator may bring it in.
    throw new AgentError('config', 'the prompt has not one image marker for each frame', {
      expected: `${frames.length} × ${IMAGE_MARKER}`,
      got: String(countImages(text)),
      next: `take ${IMAGE_MARKER} out of the names and descriptions of actions`,
    });
  }
  const texts = text.split(IMAGE_MARKER);
  return texts.flatMap((part, index) => {
    const frame = frames[index];
    return [
      ...(part === '' ? [] : [{ kind: 'text', text: part } as const]),
      ...(frame === undefined ? [] : [{ kind: 'image', frame } as const]),
    ];
  });
}

function sightLines(sights: Game['sights']): string {
  return sights.map(({ name, description }) => `- ${name}: ${description}`).join('\n');
}

/** An answer in form. Its numbers differ, so that it shows their order. */
function exampleAnswer(game: Game): string {
  const numbers = game.sights.map((_, index) => 10 * (index + 1));
  return writeSighted(numbers, areHidden(game) ? 'action' : (game.actions[0]?.name ?? ''));
}

/** `a, b or c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
