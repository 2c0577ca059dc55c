/** Fields of a game's YAML that name one of its actions, checked whatever else is wrong in the file. */
import type { z } from 'zod';
import { didYouMean } from '../../core/yaml-config.js';
import { nameKey } from '../parser/words.js';

/** A check that a field names one of the game's actions; made as soon as both are there, whatever else is wrong. */
export function namesAnAction(path: readonly string[], select: (fields: ActionReferences) => unknown) {
  return {
    path: [...path],
    when: ({ value }: z.core.ParsePayload) => {
      const name = isObject(value) ? select(value) : undefined;
      return typeof name === 'string' && actionNames(value).length > 0;
    },
    error: ({ input }: { input: unknown }) => {
      const names = actionNames(input);
      const similar = didYouMean(String(select(input as ActionReferences)), names);
      const list = ((input as ActionReferences).actions as unknown[]).flatMap((one) =>
        isObject(one) && typeof one.name === 'string' ? [one.name] : [],
      );
      return `names no action; the actions are ${list.join(', ')}${similar ? `; did you mean ${similar}?` : ''}`;
    },
  };
}

/** A game as far as it was read: with problems elsewhere, any field may be missing or of another kind. */
interface ActionReferences {
  readonly actions?: unknown;
  readonly noop?: unknown;
  readonly answers?: unknown;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names and aliases of the actions that have some. */
function actionNames(fields: unknown): string[] {
  const actions = isObject(fields) && Array.isArray(fields.actions) ? fields.actions : [];
  return actions.filter(isObject).flatMap(({ name, aliases }) => {
    const all: unknown[] = [name, ...(Array.isArray(aliases) ? aliases : [])];
    return all.filter((one): one is string => typeof one === 'string');
  });
}

export const isAction = (name: unknown, fields: ActionReferences): boolean =>
  actionNames(fields).some((one) => nameKey(one) === nameKey(String(name)));

export const fallbackOf = ({ answers }: ActionReferences): unknown =>
  isObject(answers) ? answers.fallback : undefined;
