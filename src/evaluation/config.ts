/** configs/evaluation/*.yaml: what a published table was made from, so that it can be made again. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Game } from '../agent/index.js';
import { AgentError } from '../core/index.js';
import { loadNamedConfig } from '../core/named-config.js';
import { projectPaths } from '../core/project-paths.js';
import { isSeedList } from './seed-ranges.js';

const FOLDER = join(projectPaths.configs, 'evaluation');
const MANUAL = 'docs/evaluation.md';

/**
 * The settings that a table's scores depend on most, written down beside it. They are the game file's own; an
 * evaluation whose game has others is refused rather than played.
 */
const gameSettings = z.strictObject({
  frame_skip: z.int().positive(),
  max_pool: z.boolean().default(false),
  frames: z.int().positive(),
});

export const evaluationConfigSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name is of small letters, digits and dashes'),
  games: z
    .record(z.string().min(1), gameSettings)
    .refine((games) => Object.keys(games).length > 0, 'at least one game'),
  /** `SPEC` or `NAME=SPEC`, from weak to strong. */
  policies: z.array(z.string().trim().min(1)).min(1),
  seeds: z.string().refine(isSeedList, 'seeds are written like 100000..100049 or 3,5,100..109'),
  max_decisions: z.int().positive().nullable().default(null),
});

export type EvaluationConfig = z.output<typeof evaluationConfigSchema>;

/**
 * A shipped configuration by its name, or any by its path (with a slash, or ending in .yaml). Throws `usage` where
 * there is none, and `config` with every problem where it is wrong.
 */
export function loadEvaluationConfig(nameOrPath: string, folder = FOLDER): EvaluationConfig {
  const named = { what: 'evaluation', folder, manual: MANUAL, option: '--config' };
  return loadNamedConfig(nameOrPath, { ...named, schema: evaluationConfigSchema });
}

/** Throws `config` where a game is no longer what the table was made with. */
export function requireSettings({ name, games }: EvaluationConfig, game: Game): void {
  const wanted = games[game.name];
  if (!wanted) return;
  const { frameSkip, maxPool } = game.emulator;
  const is = { frame_skip: frameSkip, max_pool: maxPool, frames: game.frames };
  for (const [field, value] of Object.entries(wanted)) {
    const own = is[field as keyof typeof is];
    if (own === value) continue;
    throw new AgentError('config', `the game ${game.name} has other settings than the evaluation ${name}`, {
      expected: `${field}: ${value}`,
      got: `${field}: ${own}`,
      where: `configs/evaluation, games.${game.name}.${field}`,
      next: 'scores at different settings do not compare: set them back, or make an evaluation of another name',
    });
  }
}
