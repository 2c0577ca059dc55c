/** The JSON schema that a service is held to: what a game asks to be written, in its order, and then the action. */
import type { Game } from '../../agent/game/game.js';
import { AgentError, type JsonObject } from '../../core/index.js';

const ACTION = 'action';

/** An object of whole numbers by the names of the game's sights, and an action out of the game's names. */
export function answerSchema({ name, sights, actions }: Game): JsonObject {
  const names = [...sights.map((sight) => sight.name), ACTION];
  if (new Set(names).size < names.length) {
    throw new AgentError('config', `a sight is called ${ACTION}, as the action is in an answer by schema`, {
      expected: 'another name for the sight, or `answers: text` in the endpoint',
      where: `the game ${name}`,
    });
  }
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(sights.map((sight) => [sight.name, { type: 'integer', description: sight.description }])),
      [ACTION]: { type: 'string', enum: actions.map((action) => action.name) },
    },
    required: names,
    additionalProperties: false,
  };
}
