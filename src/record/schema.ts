/**
 * What an episode record holds: one folder with `manifest.json` (who played what, with which versions, and how it
 * ended) and `steps.jsonl` (one line a decision). docs/records.md tells the same in prose. A browser viewer reads
 * records with this module, so it imports nothing but zod and types.
 */
import { z } from 'zod';
import type { EnvSpec } from '../core/env.js';

/**
 * The format that is written. Format 1 had no seals; 1 and 2 knew no services and asked for every decision. Both are
 * read as before. A reader refuses every other number; any change of a field is a new number.
 */
export const RECORD_FORMAT = 3;

export const MANIFEST_FILE = 'manifest.json';
export const STEPS_FILE = 'steps.jsonl';

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();
/** Plain JSON under a name. Kept as it came: what it means is the business of the room that wrote it. */
const jsonObject = z.record(z.string(), z.json());
/** Bounds of a space and log-probabilities may be infinite. JSON has no such number, so it is a string there. */
const float = z.union([z.number(), z.literal(['Infinity', '-Infinity', 'NaN'])]).transform(Number);
const shape = z.array(count).max(32);
const dtype = z.enum(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'int64', 'uint64', 'float32', 'float64']);

/** 128 bits of a SHA-256, in hex: see `hashArray` and `chainHash` of the core. */
export const hashSchema = z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits');

/** An action's index, or the vector of a Box action space. */
export const actionSchema = z.union([count, z.array(z.number()).max(4096)]);

const box = { kind: z.literal('box'), shape, dtype, low: float, high: float };
const boxSchema = z.strictObject(box);
const bounds = z.array(float).max(4096).exactOptional();

const envSpecSchema: z.ZodType<EnvSpec, unknown> = z.strictObject({
  id: z.string().min(1),
  observationSpace: boxSchema,
  actionSpace: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('discrete'), count: z.int().positive(), start: z.int() }),
    z.strictObject({ ...box, lows: bounds, highs: bounds }),
  ]),
  actionNames: z.array(z.string()).nullable(),
  frameSkip: z.int().positive(),
  maxEpisodeSteps: z.int().positive().nullable(),
  framesPerSecond: z.number().positive().nullable(),
  renderSize: z.strictObject({ height: z.int().positive(), width: z.int().positive() }).nullable(),
});

const errorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  expected: z.string().exactOptional(),
  got: z.string().exactOptional(),
  where: z.string().exactOptional(),
  next: z.string().exactOptional(),
});

const percentiles = z.strictObject({ p50: milliseconds, p99: milliseconds });

/** What came of the episode; of one that failed or was stopped, what had come so far. */
export const resultSchema = z.strictObject({
  /** Sum of the rewards in the order they came. */
  score: z.number(),
  decisions: count,
  terminated: z.boolean(),
  truncated: z.boolean(),
  /** How answers went, each kind counted apart, by the agent loop's names (`AnswerCounters`). */
  counters: z.record(z.string(), count),
  /**
   * What the answers cost, those that no step came of among them (`Spent` of the agent loop); missing where nothing is
   * known of that.
   */
  spent: z
    .strictObject({
      requests: count,
      promptTokens: count,
      cachedTokens: count,
      answerTokens: count,
      reasoningTokens: count,
      cost: z.number().nonnegative().nullable(),
      serviceMs: milliseconds,
    })
    .exactOptional(),
  /** The chain after the last step: equal exactly where executed actions, rewards, flags and observations are. */
  chain: hashSchema,
  /** How many times an emulator process was replaced during the episode. */
  recoveries: count,
  /** Milliseconds a decision; null of an episode without one. */
  timing: z.strictObject({ policy: percentiles, emulator: percentiles }).nullable(),
});

/**
 * `running` until the end is written, so also what a killed run says; `finished`: the emulator ended the episode;
 * `stopped`: a limit that the user set ended it; `cancelled`: the user did; `failed`: see `error`.
 */
export const statusSchema = z.enum(['running', 'finished', 'stopped', 'cancelled', 'failed']);

const manifestFields = z.strictObject({
  format: z.literal([1, 2, RECORD_FORMAT]),
  status: statusSchema,
  game: z.strictObject({ name: z.string().min(1), config: jsonObject }),
  /** `given` is the user's words, `resolved` what they came to with every default filled in. */
  arguments: z.strictObject({ given: z.json(), resolved: jsonObject }),
  policy: z.strictObject({
    id: z.string().min(1),
    provenance: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
  seed: z
    .int()
    .nonnegative()
    .max(2 ** 32 - 1),
  /** Null where no emulator came up that could have told it: the episode failed before its reset. */
  env: envSpecSchema.nullable(),
  /** Of this program, Node.js, the platform, and of everything that the emulator's handshake named. */
  versions: z.record(z.string(), z.string()),
  /** The commit that played, and whether files differed from it; null outside a git checkout. */
  git: z.strictObject({ commit: z.string().regex(/^[0-9a-f]{40,64}$/), dirty: z.boolean() }).nullable(),
  /** UTC, ISO 8601. */
  started: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
  error: errorSchema.nullable(),
  result: resultSchema.nullable(),
  /** The last link of the seal (`seal.ts`); from format 2 on. */
  seal: hashSchema.exactOptional(),
});

/** manifest.json: written whole at the start (`running`) and again at the end. */
export const manifestSchema = manifestFields
  .refine(({ format, seal }) => (format === 1) === (seal === undefined), {
    path: ['seal'],
    error: 'a seal belongs to every format from 2 on, and to no other',
  })
  .refine(({ env, result }) => env !== null || result === null, {
    path: ['env'],
    error: 'an episode that was played has an environment',
  });

/** The first line of steps.jsonl: the observation that `reset` gave. */
export const resetLineSchema = z.strictObject({
  step: z.literal(0),
  observation: hashSchema,
  chain: hashSchema,
  emulatorMs: milliseconds,
  seal: hashSchema.exactOptional(),
});

const words = z.array(z.string());

const parseSchema = z.discriminatedUnion('ok', [
  /** `form`: where in the answer the action was found, such as `exact` or `json`. */
  z.strictObject({ ok: z.literal(true), action: count, form: z.string() }),
  /** `found`: the names of actions, or of no action, that the answer spoke of. */
  z.strictObject({ ok: z.literal(false), reason: z.string(), found: words }),
]);

/** What a service tells of an answer beside its text; from format 3 on, but for two counts of tokens. */
const extras = {
  /** What the model thought before it answered. */
  reasoning: z.string().exactOptional(),
  /** Tokens, where the policy has them. */
  usage: z
    .strictObject({
      promptTokens: count.exactOptional(),
      cachedTokens: count.exactOptional(),
      answerTokens: count.exactOptional(),
      reasoningTokens: count.exactOptional(),
    })
    .exactOptional(),
  /** `ServiceFacts` of a policy's answer. */
  service: z
    .strictObject({
      model: z.string().exactOptional(),
      finish: z.string().nullable(),
      request: z.string(),
      isCached: z.boolean(),
      latencyMs: milliseconds,
      requests: count,
      cost: z.number().nonnegative().nullable(),
      failed: z.array(
        z.strictObject({
          outcome: z.enum(['rate-limited', 'server-error', 'timeout', 'connection', 'malformed', 'denied']),
          status: z.int().exactOptional(),
          latencyMs: milliseconds,
          waitMs: milliseconds,
        }),
      ),
    })
    .exactOptional(),
};

/** An answer that could not be used, one that no parser may read, or the error that came instead of one. */
const rejectedSchema = z.union([
  z.strictObject({ reason: z.string(), raw: z.string(), found: words, ...extras }),
  z.strictObject({
    reason: z.enum(['no-content', 'refusal', 'content-filter', 'cut-off']),
    raw: z.string(),
    ...extras,
  }),
  z.strictObject({ reason: z.string(), error: errorSchema, ...extras }),
]);

/** A line of steps.jsonl from the second on: one decision. */
export const stepLineSchema = z.strictObject({
  /** From 1 on, without gaps. */
  step: z.int().positive(),
  /** The last answer's text, word by word; null where the policy answers with actions or gave none. */
  raw: z.string().nullable(),
  /** What the parser made of `raw`; null where there was nothing to parse. */
  parse: parseSchema.nullable(),
  /** The action that was answered; null where no answer could be used. */
  answered: actionSchema.nullable(),
  /** The action that the emulator was given. */
  executed: actionSchema,
  /**
   * What was wrong with the last answer, where `executed` is the game's fallback action; null where it is an answer.
   */
  fallback: z.string().nullable(),
  /**
   * Why nobody was asked: the last action is held on, an earlier answer planned it, or the game went on while the
   * policy thought. Missing where the policy was asked; from format 3 on.
   */
  origin: z.enum(['held', 'planned', 'waiting']).exactOptional(),
  /** Times the policy was asked: from 1 on, and 0 with an `origin`. */
  attempts: count,
  /** The answers that could not be used, in order. */
  rejected: z.array(rejectedSchema),
  /** The policy's scores of the actions by index, where it has them. */
  scores: z.array(float).exactOptional(),
  /** All answers that were drawn, where `raw` is the one that most of them agree with. */
  samples: z
    .array(z.strictObject({ raw: z.string(), action: count.nullable(), reasoning: z.string().exactOptional() }))
    .exactOptional(),
  ...extras,
  /** Summed over skipped frames. */
  reward: z.number(),
  terminated: z.boolean(),
  truncated: z.boolean(),
  /** `hashArray` of the observation after the action. */
  observation: hashSchema,
  /** The chain up to and with this step. */
  chain: hashSchema,
  /** Milliseconds of the policy, all attempts together; in a batch, those of the batch. */
  policyMs: milliseconds,
  /** Milliseconds until the emulator's answer was there; in a batch, that of the batch. */
  emulatorMs: milliseconds,
  /** The seal up to and with this line; from format 2 on, and always the last field. */
  seal: hashSchema.exactOptional(),
});

export type Manifest = z.output<typeof manifestSchema>;
export type RecordStatus = z.output<typeof statusSchema>;
export type EpisodeResult = z.output<typeof resultSchema>;
export type ResetLine = Omit<z.output<typeof resetLineSchema>, 'seal'>;
export type StepLine = Omit<z.output<typeof stepLineSchema>, 'seal'>;
export type RecordLine = ResetLine | StepLine;
export type RecordedAction = z.output<typeof actionSchema>;
