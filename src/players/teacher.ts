/** The teacher as a player, for demonstrations and for what its rules are worth. */
import type { Game, Policy } from '../agent/index.js';
import { teacherOf } from '../expert/teacher/index.js';
import type { PolicyKind } from './registry.js';
import { simplePolicy } from './simple-policy.js';

/** Plays as the teacher says. Its probabilities are sure of the one action. Throws `usage` as `teacherOf` does. */
export function teacherPolicy(game: Game): Policy {
  const teacher = teacherOf(game);
  return simplePolicy({
    id: 'teacher',
    createPlayer:
      () =>
      ({ frames }) => {
        const { action } = teacher.look(frames);
        return { kind: 'action', action, probabilities: game.actions.map((_, index) => (index === action ? 1 : 0)) };
      },
  });
}

/** `--policy teacher`. */
export const teacherKind: PolicyKind = {
  name: 'teacher',
  argument: null,
  description: "scripted: reads the pictures' colours",
  create: async (_, { game }) => teacherPolicy(game),
};
