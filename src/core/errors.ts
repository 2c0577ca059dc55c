/**
 * Typed errors. Every error a user can meet says what was expected, what came, where, and what to do next, and carries
 * a stable code, so that the command line, `--json` output and tests never have to read prose.
 */

/** Stable names of what can go wrong; part of the public interface. */
export type ErrorCode =
  | 'usage' // the command line or a call was used wrongly
  | 'config' // a file the user wrote does not fit its schema
  | 'unknown_game'
  | 'unknown_env'
  | 'unsupported_env' // the environment exists, but its spaces cannot be played here
  | 'illegal_action'
  | 'episode_over' // a step after the end; there is no automatic reset
  | 'env_failure' // the emulator raised while it ran
  | 'emulator_died' // the emulator process ended while it was needed
  | 'emulator_timeout'
  | 'state_mismatch' // a replayed observation is not the recorded one
  | 'protocol' // the peer speaks another version or sent what the protocol does not know
  | 'connection'
  | 'policy_failure'
  | 'service' // what a policy asks has no answer just now: too late, too busy, not reached
  | 'file' // a file or folder cannot be read, written or made, for a reason of the system's
  | 'record' // an episode record cannot be written, read or verified
  | 'video'
  | 'setup' // something the product needs is not installed
  | 'runtime' // TensorFlow or a device
  | 'checkpoint'
  | 'training' // a training could not go on
  | 'dataset' // demonstrations cannot be written, read or are damaged
  | 'cancelled'
  | 'internal';

/** The parts of an error's message, each optional but for the summary. */
export interface ErrorDetails {
  readonly expected?: string;
  readonly got?: string;
  /** File and line, configuration field, environment id or step number. */
  readonly where?: string;
  /** What the reader can do now. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** What `--json` prints of an error, and what crosses the wire. */
export interface ErrorEnvelope {
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  readonly where?: string;
  readonly next?: string;
}

/** The one error class of the project; `code` tells them apart. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** The message without its details, as given. */
  readonly summary: string;

  constructor(code: ErrorCode, summary: string, details: ErrorDetails = {}) {
    super(describe(summary, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.summary = summary;
    this.details = details;
  }

  toEnvelope(): ErrorEnvelope {
    const { expected, got, where, next } = this.details;
    return {
      code: this.code,
      message: this.summary,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      ...(where === undefined ? {} : { where }),
      ...(next === undefined ? {} : { next }),
    };
  }
}

/** Whether a caught value is an `AgentError`, of the given code if one is named. */
export function isAgentError(value: unknown, code?: ErrorCode): value is AgentError {
  return value instanceof AgentError && (code === undefined || value.code === code);
}

/** An error of any kind as the envelope that `--json` prints; unexpected ones become `internal`. */
export function toErrorEnvelope(value: unknown): ErrorEnvelope {
  if (value instanceof AgentError) return value.toEnvelope();
  return { code: 'internal', message: value instanceof Error ? value.message : String(value) };
}

function describe(summary: string, { expected, got, where, next }: ErrorDetails): string {
  const lines = [summary];
  if (expected !== undefined) lines.push(`  expected: ${expected}`);
  if (got !== undefined) lines.push(`  got:      ${got}`);
  if (where !== undefined) lines.push(`  where:    ${where}`);
  if (next !== undefined) lines.push(`  next:     ${next}`);
  return lines.join('\n');
}
