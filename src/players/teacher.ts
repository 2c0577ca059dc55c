/** The teacher as a player, for demonstrations and for what its rules are worth. */
import { type Game, type Policy, type PolicyKind, simplePolicy } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { spaceInvadersTeacher } from '../expert/teacher/space-invaders.js';
import type { Teacher } from '../expert/teacher/teacher.js';

/** By the game's name. */
const teachers: Readonly<Record<string, Teacher>> = { spaceinvaders: spaceInvadersTeacher };

/** The teacher of a game. Throws `usage` for a game that has none. */
export function teacherOf({ name }: Pick<Game, 'name'>): Teacher {
  const teacher = Object.hasOwn(teachers, name) ? teachers[name] : undefined;
  if (teacher) return teacher;
  throw new AgentError('usage', `nobody wrote a teacher for ${name}`, {
    expected: `one of ${Object.keys(teachers).join(', ')}`,
    got: name,
  });
}

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
