/**
 * The emulator protocol's vocabulary (docs/protocol.md), client side: what is asked for, and how the server's answers
 * outside the hot path are checked. Fields that the page does not know are an error.
 */
import { z } from 'zod';
import { AgentError, type DType, type EnvSpec, type ErrorCode, type JsonObject, TYPED_ARRAYS } from '../core/index.js';

export const PROTOCOL_VERSION = 1;
export const CLIENT_NAME = 'vlm-game-agent 0.1.0';

export type Operation = 'hello' | 'make' | 'reset' | 'step' | 'close' | 'ping' | 'attach';

/** A request without its id. */
export interface WireRequest {
  readonly op: Operation;
  readonly fields: object;
  /** Bytes of the one binary part that a reply without errors has; left out where it has none, or more. */
  readonly partBytes?: number;
}

/** What came back for a request: its fields and the binary parts, or the server's error. */
export type WireReply =
  | { readonly ok: true; readonly header: Readonly<Record<string, unknown>>; readonly parts: readonly Buffer[] }
  | { readonly ok: false; readonly error: AgentError; readonly serverCode: string };

/** The fields of `make`, as the page lists them. */
export interface MakeFields {
  readonly env: string;
  readonly kwargs: JsonObject;
  readonly frame_skip: number;
  readonly max_pool: boolean;
  readonly observation: 'native' | 'render';
  readonly color: 'rgb' | 'gray';
  readonly actions: readonly (readonly number[])[] | null;
  readonly render: boolean;
  readonly plain: boolean;
}

const errorSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  expected: z.string().optional(),
  got: z.string().optional(),
  where: z.string().optional(),
  next: z.string().optional(),
});

/** The server's codes as the project's. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  malformed: 'protocol',
  handshake_required: 'protocol',
  protocol_version: 'protocol',
  unknown_operation: 'protocol',
  unknown_environment: 'protocol',
  invalid_field: 'usage',
  limit: 'usage',
  no_lane: 'usage',
  unknown_env: 'unknown_env',
  unsupported_env: 'unsupported_env',
  env_failure: 'env_failure',
  episode_over: 'episode_over',
  illegal_action: 'illegal_action',
};

/** An error object from the server as an `AgentError`, and the code that the server gave it. */
export function parseServerError(value: unknown): { readonly error: AgentError; readonly serverCode: string } {
  const { code, message, ...details } = parse(errorSchema, value, 'error');
  const known = Object.fromEntries(Object.entries(details).filter(([, text]) => text !== undefined));
  return { error: new AgentError(CODES[code] ?? 'protocol', message, known), serverCode: code };
}

const helloSchema = z.strictObject({
  protocol: z.number(),
  server: z.string(),
  pid: z.int().positive(),
  versions: z.record(z.string(), z.string().nullable()),
  limits: z.strictObject({
    max_message_bytes: z.int().positive(),
    max_environments: z.int().positive(),
    session_timeout_s: z.number().positive(),
  }),
});

/** What a server says about itself. */
export interface ServerFacts {
  readonly server: string;
  readonly pid: number;
  readonly versions: Readonly<Record<string, string>>;
  /** After this much silence the server ends the session. */
  readonly sessionTimeoutMs: number;
}

export function parseHello(header: object): ServerFacts {
  const hello = parse(helloSchema, fieldsOf(header), 'reply to hello');
  if (hello.protocol !== PROTOCOL_VERSION) {
    throw new AgentError('protocol', 'the emulator server speaks another protocol version', {
      expected: `version ${PROTOCOL_VERSION} (${CLIENT_NAME})`,
      got: `version ${hello.protocol} (${hello.server})`,
      next: 'install the same release on both sides',
    });
  }
  const versions = Object.entries(hello.versions).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    server: hello.server,
    pid: hello.pid,
    versions: Object.fromEntries(versions),
    sessionTimeoutMs: hello.limits.session_timeout_s * 1000,
  };
}

const wireFloat = z.union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const dtype = z.enum(Object.keys(TYPED_ARRAYS) as [DType, ...DType[]]);
const shape = z.array(z.int().nonnegative());

const makeSchema = z.strictObject({
  env: z.int().nonnegative(),
  spec: z.strictObject({
    id: z.string(),
    observation: z.strictObject({ shape, dtype, low: wireFloat, high: wireFloat }),
    action: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('discrete'), count: z.int().positive(), start: z.int() }),
      z.strictObject({
        kind: z.literal('box'),
        shape,
        dtype,
        low: wireFloat,
        high: wireFloat,
        lows: z.array(wireFloat).exactOptional(),
        highs: z.array(wireFloat).exactOptional(),
      }),
    ]),
    action_names: z.array(z.string()).nullable(),
    frame_skip: z.int().positive(),
    max_episode_steps: z.int().positive().nullable(),
    fps: z.number().positive().nullable(),
    render: z.strictObject({ height: z.int().positive(), width: z.int().positive() }).nullable(),
  }),
});

/** The handle of a made environment, and its spec in the project's words. */
export function parseMake(header: object): { readonly handle: number; readonly spec: EnvSpec } {
  const { env, spec } = parse(makeSchema, fieldsOf(header), 'reply to make');
  return {
    handle: env,
    spec: {
      id: spec.id,
      observationSpace: { kind: 'box', ...spec.observation },
      actionSpace: spec.action,
      actionNames: spec.action_names,
      frameSkip: spec.frame_skip,
      maxEpisodeSteps: spec.max_episode_steps,
      framesPerSecond: spec.fps,
      renderSize: spec.render,
    },
  };
}

/** How many bytes of shared memory the server sees. */
export function parseAttach(header: object): number {
  return parse(z.strictObject({ bytes: z.int().positive() }), fieldsOf(header), 'reply to attach').bytes;
}

/** A reply's own fields: without those that every reply has. */
function fieldsOf(header: object): object {
  const { id: _id, ok: _ok, ...fields } = header as Record<string, unknown>;
  return fields;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw protocolViolation(where, `fields as docs/protocol.md lists them`, z.prettifyError(result.error));
}

/** The error for a message that the protocol does not allow: a bug or a foreign program, never the user's doing. */
export function protocolViolation(where: string, expected: string, got: string): AgentError {
  return new AgentError('protocol', 'the emulator server sent what the protocol does not allow', {
    expected,
    got,
    where,
    next: 'check that client and server are of the same release',
  });
}
