/** The schema of a game's list of actions: names that can be told apart in any spelling. */
import { z } from 'zod';
import { nameKey } from '../parser/words.js';

const actionName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .refine((name) => !/\n/.test(name), 'a name is one line')
  .refine((name) => !/^[\d\s.+-]*$/.test(name) && nameKey(name) !== '', {
    error: 'a name has letters: a bare number in an answer means the index of an action',
  });

const action = z.strictObject({
  name: actionName,
  aliases: z.array(actionName).default([]),
  description: z.string().trim().min(1),
  vector: z.array(z.number()).min(1).exactOptional(),
  number: z.int().min(0).exactOptional(),
});

type ActionFields = z.output<typeof action>;

export const actionList = z
  .array(action)
  .min(1)
  .superRefine(refuseSharedNames)
  .superRefine(refuseUnevenVectors)
  .superRefine(refuseUnevenNumbers);

/** Whether these can be the names of a game's actions: the parser can tell them apart. */
export function areActionNames(names: readonly string[]): boolean {
  return actionList.safeParse(names.map((name) => ({ name, description: name }))).success;
}

function refuseSharedNames(actions: readonly ActionFields[], context: z.RefinementCtx): void {
  const owners = new Map<string, number>();
  actions.forEach(({ name, aliases }, index) => {
    [name, ...aliases].forEach((word, place) => {
      const key = nameKey(word);
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, index);
      else if (owner !== index) {
        context.addIssue({
          code: 'custom',
          path: place === 0 ? [index, 'name'] : [index, 'aliases', place - 1],
          message: `names action ${owner} (${actions[owner]?.name}) already; case, spaces and punctuation make no difference`,
        });
      }
    });
  });
}

/** Numbers are for games that name some of the emulator's actions: every action has one, none twice, and no vector. */
function refuseUnevenNumbers(actions: readonly ActionFields[], context: z.RefinementCtx): void {
  if (actions.every(({ number }) => number === undefined)) return;
  actions.forEach(({ number, vector }, index) => {
    const same = actions.findIndex((other) => other.number === number);
    const report = (message: string): void => {
      context.addIssue({ code: 'custom', path: number === undefined ? [index] : [index, 'number'], message });
    };
    if (number === undefined) report("every action needs the emulator's number, as another one has");
    else if (vector !== undefined) report('an action has a number or a vector, not both');
    else if (same < index) report(`action ${same} (${actions[same]?.name}) has this number already`);
  });
}

/** Vectors are for Box action spaces: every action has one or none has, and all are of one length. */
function refuseUnevenVectors(actions: readonly ActionFields[], context: z.RefinementCtx): void {
  const length = actions.find(({ vector }) => vector)?.vector?.length;
  if (length === undefined) return;
  actions.forEach(({ vector }, index) => {
    if (vector?.length === length) return;
    context.addIssue({
      code: 'custom',
      path: vector ? [index, 'vector'] : [index],
      message: `every action needs a vector of ${length} numbers, as the first one has`,
    });
  });
}
