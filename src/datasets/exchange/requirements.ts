/** What data must be to be of a game: the same environment, actions by the same names, as many pictures. */
import { FIRST_EVALUATION_SEED, type Game } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import type { Dataset } from '../dataset.js';

/** Throws `dataset` with the first thing that does not fit, by name. */
export function requireFits(dataset: Dataset, game: Game): void {
  for (const { description, folder } of dataset.sources) {
    const names = game.actions.map(({ name }) => name).join(', ');
    const own = description.actions.join(', ');
    if (own !== names) throw unfit('its actions are others', names, own, folder);
    const { env } = game.emulator;
    if (description.env !== env) throw unfit('it is of another environment', env, description.env, folder);
    const stack = String(game.frames);
    if (description.stack !== game.frames) {
      throw unfit('it shows another number of pictures at once', stack, String(description.stack), folder);
    }
  }
}

/**
 * Throws `dataset` where pictures have another size than the game's, and where an episode is of a seed that scores are
 * measured on: a model that learnt from it could not be measured any more.
 */
export function requireTrainable(dataset: Dataset, size: { readonly shape: readonly number[] }): void {
  requireSameSize(dataset, size);
  const held = dataset.episodes.find(({ seed }) => seed >= FIRST_EVALUATION_SEED);
  if (held === undefined) return;
  throw new AgentError('dataset', 'the data holds episodes that scores are measured on', {
    expected: `seeds below ${FIRST_EVALUATION_SEED}`,
    got: `seed ${held.seed}`,
    where: foldersOf(dataset),
    next: 'train on episodes of other seeds',
  });
}

/** Throws `dataset` where pictures have another size than the game's. */
export function requireSameSize(dataset: Dataset, { shape }: { readonly shape: readonly number[] }): void {
  const { height, width, channels } = dataset.frameShape;
  const [own, wanted] = [[height, width, channels].join(' × '), shape.join(' × ')];
  if (own !== wanted) throw unfit('its pictures are of another size', wanted, own, foldersOf(dataset));
}

const foldersOf = ({ sources }: Dataset): string => sources.map(({ folder }) => folder).join(', ');

function unfit(summary: string, expected: string, got: string, where: string): AgentError {
  const next = 'name data of this game, recorded with its settings';
  return new AgentError('dataset', `the data does not fit the game: ${summary}`, { expected, got, where, next });
}
