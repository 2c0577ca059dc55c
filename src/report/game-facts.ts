/** What a manifest says of its game, read with care: the game's configuration may be anybody's. */

import { z } from 'zod';
import type { Manifest } from '../record/index.js';
import { shorten } from './answer-examples.js';
import type { Reference } from './report-data.js';

/** More than any game file names. */
const MAX_REFERENCES = 12;
const TEXT_LENGTH = 200;

const text = z.string().transform((value) => shorten(value, TEXT_LENGTH));
const referenceList = z.array(z.object({ name: text, mean: z.number(), source: text }));
const actionList = z.array(z.object({ name: text }));

/** The scores that the game's file cited when the episode was played. */
export function citedReferences({ game }: Manifest): Reference[] {
  return (referenceList.safeParse(game.config.reference).data ?? []).slice(0, MAX_REFERENCES);
}

/** The score from which on an episode is a success; undefined where the game's file named none. */
export function goalOf({ game }: Manifest): number | undefined {
  return z.number().safeParse(game.config.goal).data;
}

/** The game's title, else its name. */
export function titleOf({ game }: Manifest): string {
  return text.safeParse(game.config.title).data ?? shorten(game.name, TEXT_LENGTH);
}

const emulatorSettings = z.object({ env: text, frameSkip: z.int().positive() });

/** The environment and its frames a decision; of an episode whose emulator never came up as the game's file says. */
export function environmentOf({ game, env }: Manifest): { readonly id: string; readonly frameSkip: number } {
  if (env) return env;
  const settings = emulatorSettings.safeParse(game.config.emulator).data;
  return { id: settings?.env ?? 'an unknown environment', frameSkip: settings?.frameSkip ?? 1 };
}

/** The name of an action by its index. */
export function actionNames({ game, env }: Manifest): (index: number) => string {
  const names = actionList.safeParse(game.config.actions).data?.map(({ name }) => name) ?? env?.actionNames ?? [];
  return (index) => names[index] ?? `action ${index}`;
}
