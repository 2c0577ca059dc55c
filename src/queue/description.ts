/**
 * What goes through the queue from a coordinator to the workers: descriptions of episodes, and nothing else. A worker
 * takes none that does not fit, and none names a path, a module, an environment or anything else that would be run or
 * opened: games are named, and policies, weights by their hash.
 */
import { z } from 'zod';
import { playSchema } from '../agent/index.js';

/** Largest description, bytes. */
export const MAX_DESCRIPTION_BYTES = 256 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
const versions = z
  .record(z.string().max(100), z.string().max(200))
  .refine((packages) => Object.keys(packages).length <= 200);

/** A file of a checkpoint; its name is one within the checkpoint's own folder. */
export const checkpointFileSchema = z.strictObject({
  name,
  bytes: z
    .int()
    .nonnegative()
    .max(2 ** 40),
  sha256,
});

/** What may change a score beside the weights. */
export const identitySchema = z.strictObject({
  git: z.strictObject({ commit: z.string().regex(/^[0-9a-f]{40,64}$/), dirty: z.boolean() }).nullable(),
  versions,
  cpu: z.strictObject({ model: z.string().max(200), extensions: z.array(z.string().max(30)).max(50) }),
});

/** What a coordinator lets workers differ in. */
export const DIFFERENCES = ['commit', 'packages', 'cpu'] as const;

const player = {
  /** `random`, `constant:gas`, `expert`: without a path. Weights that are not shipped are `checkpoint`. */
  policy: z.string().min(1).max(300),
  checkpoint: z
    .strictObject({ kind: name, sha256, files: z.array(checkpointFileSchema).min(1).max(200) })
    .exactOptional(),
  /** What the coordinator's own policy is; another one plays nothing. */
  policy_id: z.string().min(1).max(500),
  provenance: z.record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean(), z.null()])),
};

export const playerSchema = z.strictObject(player);

export const rowSchema = z.strictObject({
  /** A shipped game, or one of those that the worker was given; the hash of its rules says which. */
  game: name,
  game_sha256: sha256,
  ...player,
  /** Of demonstrations, which that player drives: who says what should be done, null where it does; and chance. */
  collect: z.strictObject({ labeller: playerSchema.nullable(), noise: z.number().min(0).max(1) }).exactOptional(),
  play: playSchema.exactOptional(),
  clock: z.number().positive().max(1000).nullable(),
});

export const runSchema = z.strictObject({
  format: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  rows: z.array(rowSchema).min(1).max(1000),
  max_decisions: z.int().positive().nullable(),
  plain: z.boolean(),
  identity: identitySchema,
  allowed: z.array(z.enum(DIFFERENCES)).max(DIFFERENCES.length),
});

/** The work itself: one episode of a row. */
export const jobSchema = z.strictObject({
  seed: z
    .int()
    .nonnegative()
    .max(2 ** 32 - 1),
});

export type Identity = z.output<typeof identitySchema>;
export type Difference = (typeof DIFFERENCES)[number];
export type RunDescription = z.output<typeof runSchema>;
export type PlayerDescription = z.output<typeof playerSchema>;
export type RowDescription = z.output<typeof rowSchema>;
export type CheckpointFile = z.output<typeof checkpointFileSchema>;

/** The name of a row's queue. */
export const queueName = (run: string, row: number): string => `${run}-${row}`;
/** The id of an episode's job: the episode's own, so that no episode is in a queue twice. */
export const jobId = (seed: number): string => `s${seed}`;
/** The seed of a job's id; undefined where it is none. */
export const seedOf = (id: string): number | undefined => (/^s\d{1,10}$/.test(id) ? Number(id.slice(1)) : undefined);
