/** A game in a record: put in when it is written, and read back for a video, when anyone may have written it. */
import { z } from 'zod';
import { type Game, MAX_SIGHTS, overlayPlacement } from '../agent/index.js';
import type { Manifest, RecordedAction } from './schema.js';

/** A game is plain data by its type; the copy drops what JSON would drop. */
export function recordedGame(game: Game): Manifest['game'] {
  return { name: game.name, config: JSON.parse(JSON.stringify(game)) };
}

const videoSchema = z.object({
  fps: z.number().min(1).max(1000),
  scale: z.int().min(1).max(16),
  overlay: overlayPlacement,
});

const actionsSchema = z.array(z.object({ name: z.string() }));

/** The game's own settings of videos; none where the record does not have them. */
export function videoSettings({ game }: Pick<Manifest, 'game'>): Partial<z.output<typeof videoSchema>> {
  return videoSchema.safeParse(game.config.video).data ?? {};
}

/** The game as a person calls it. */
export function gameTitle({ game }: Pick<Manifest, 'game'>): string {
  return z.string().min(1).safeParse(game.config.title).data ?? game.name;
}

/** Names of the actions by index: the game's, else the emulator's; none where nobody gave names. */
export function actionNames({ game, env }: Pick<Manifest, 'game' | 'env'>): readonly string[] {
  return actionsSchema.safeParse(game.config.actions).data?.map(({ name }) => name) ?? env?.actionNames ?? [];
}

/** Actions as a person reads them: by name, else by number. */
export function actionNamer(facts: Pick<Manifest, 'game' | 'env'>): (action: RecordedAction) => string {
  const names = actionNames(facts);
  return (action) => {
    if (typeof action === 'number') return names[action] ?? `action ${action}`;
    return action.map((value) => value.toFixed(2)).join(' ');
  };
}

const sightsSchema = z
  .array(z.object({ name: z.string(), marks: z.enum(['column', 'row']).exactOptional() }))
  // Each takes its part of the strip.
  .max(MAX_SIGHTS);

/** What the game has players say before they act; nothing where the record does not tell. */
export function sightsOf({ game }: Pick<Manifest, 'game'>): z.output<typeof sightsSchema> {
  return sightsSchema.safeParse(game.config.sights).data ?? [];
}

/** What a video file says of itself. */
export function videoLabels(facts: Pick<Manifest, 'game' | 'policy' | 'seed'>): { title: string; comment: string } {
  const { game, policy, seed } = facts;
  return { title: `${game.name}, seed ${seed}, ${policy.id}`, comment: 'one picture an emulator frame' };
}
