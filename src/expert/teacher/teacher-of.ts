/** The scripted teachers there are. */
import type { Game } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';
import { spaceInvadersTeacher } from './space-invaders.js';
import type { Teacher } from './teacher.js';

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
