/** The environment of a record, made again as the record says: today's game file may have changed since. */
import { z } from 'zod';
import { AgentError } from '../core/index.js';
import { type GymEnv, type MakeEnvOptions, makeEnv } from '../env-bridge/index.js';
import type { Manifest } from '../record/schema.js';

/** What replaying needs of an environment: a bridge's, or anything that behaves like one. */
export type ReplayEnv = Pick<GymEnv, 'spec' | 'reset' | 'step' | 'close'> & {
  readonly emulators: Pick<GymEnv['emulators'], 'versions'>;
};

/** Makes the environment that a record was played in; `render` where pictures of the frames will be asked for. */
export type EnvFactory = (manifest: Manifest, options: { readonly render: boolean }) => Promise<ReplayEnv>;

/** `EmulatorSettings` of the game; a record from elsewhere may hold anything. */
const emulatorSchema = z.strictObject({
  env: z.string().min(1),
  kwargs: z.record(z.string(), z.json()),
  frameSkip: z.int().positive(),
  maxPool: z.boolean(),
  observation: z.enum(['native', 'render']),
  color: z.enum(['rgb', 'gray']),
  actions: z.array(z.array(z.number())).nullable(),
});

/** Makes the environment in an emulator process of its own, or in `emulators` where they are given. */
export function recordedEnv(options: Pick<MakeEnvOptions, 'emulators' | 'signal' | 'timeoutMs'> = {}): EnvFactory {
  return async (manifest, { render }) => {
    const { env, ...settings } = emulatorSettings(manifest);
    return makeEnv(env, { ...settings, ...options, render });
  };
}

function emulatorSettings({ game }: Manifest): z.output<typeof emulatorSchema> {
  const result = emulatorSchema.safeParse(game.config.emulator);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AgentError('record', 'the record does not say how its emulator was made', {
    expected: "the game's emulator settings",
    got: String(issue?.message),
    where: ['manifest.json, game.config.emulator', ...(issue?.path ?? []).map(String)].join('.'),
    next: 'play the episode again; a record is not repaired',
  });
}
