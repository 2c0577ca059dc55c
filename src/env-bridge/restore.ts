/**
 * Bringing an environment back to its state in a new process: it is made again, and the running episode's seed, reset
 * options and actions are replayed. Every observation, reward and flag has to come out as it did the first time.
 */
import { isDeepStrictEqual } from 'node:util';
import { AgentError, type EnvSpec } from '../core/index.js';
import type { Connection } from './connection.js';
import { decodeSteps } from './decode-steps.js';
import { parseMake, type WireReply } from './protocol.js';
import { type EpisodeLog, fingerprint, type Slot } from './slot.js';
import type { VectorStep } from './types.js';

/** Steps asked for ahead of the one that is compared: keeps the emulator busy, bounds what a death wastes. */
const STEPS_IN_FLIGHT = 32;

/**
 * Restores one slot; the number of decisions replayed. What fails for this environment alone (`state_mismatch`, or
 * the emulator's own error) becomes the slot's `lost` and harms no other. Rejects when the connection ends.
 */
export async function restoreSlot(slot: Slot, connection: Connection): Promise<number> {
  const made = await connection.request({ op: 'make', fields: slot.fields });
  if (!made.ok) {
    slot.lost = made.error;
    slot.episode = null;
    return 0;
  }
  const { handle, spec } = parseMake(made.header);
  slot.takeFingerprint();
  const { episode } = slot;
  try {
    compareSpecs(slot.spec, spec);
    slot.become(handle, spec);
    if (episode !== null) await replay(slot, handle, episode, connection);
    return episode?.actions.length ?? 0;
  } catch (error) {
    if (!(error instanceof AgentError) || !connection.isOpen) throw error;
    slot.lost = error;
    slot.episode = null;
    return 0;
  }
}

async function replay(slot: Slot, handle: number, episode: EpisodeLog, connection: Connection): Promise<void> {
  const envs = [handle];
  const partBytes = slot.layout.bytes;
  const ask = (position: number): Promise<WireReply> =>
    position === 0
      ? connection.request({
          op: 'reset',
          fields: { envs, seeds: [episode.seed], options: [episode.options], frames: false },
          partBytes,
        })
      : connection.request({
          op: 'step',
          fields: { envs, actions: [episode.actions[position - 1]], frames: false },
          partBytes,
        });

  const ahead: Promise<WireReply>[] = [];
  const { length } = episode.fingerprints;
  for (let position = 0; position < length; position++) {
    while (ahead.length < STEPS_IN_FLIGHT && position + ahead.length < length) {
      const reply = ask(position + ahead.length);
      reply.catch(() => {}); // awaited below, unless an earlier one failed first
      ahead.push(reply);
    }
    const reply = (await ahead.shift()) as WireReply;
    if (!reply.ok) throw reply.error;
    const operation = position === 0 ? 'reset' : 'step';
    const [step] = decodeSteps(operation, reply.header, reply.parts, [slot.layout], false) as [VectorStep];
    compareStep(slot, episode, position, step);
  }
}

function compareSpecs(before: EnvSpec, after: EnvSpec): void {
  if (isDeepStrictEqual(before, after)) return;
  throw mismatch(before.id, 'the environment made again', JSON.stringify(before), JSON.stringify(after));
}

function compareStep(slot: Slot, episode: EpisodeLog, position: number, step: VectorStep): void {
  const describe = (kind: string, print: number | undefined, reward: number | undefined) =>
    `${kind}, observation ${print?.toString(16).padStart(8, '0')}${position === 0 ? '' : `, reward ${reward}`}`;
  const expected = describe(
    position === 0 ? 'first' : 'mid',
    episode.fingerprints[position],
    episode.rewards[position - 1],
  );
  const got =
    step.kind === 'failed'
      ? step.error.message
      : describe(step.kind, fingerprint(step.observation), step.kind === 'first' ? undefined : step.reward);
  if (got === expected) return;
  throw mismatch(slot.spec.id, `seed ${episode.seed}, after ${position} decisions`, expected, got);
}

function mismatch(id: string, where: string, expected: string, got: string): AgentError {
  return new AgentError('state_mismatch', 'the episode could not be brought back after its emulator process died', {
    expected,
    got,
    where: `${id}, ${where}`,
    next: 'play the episode again; if it happens again, this environment is not determined by its seed',
  });
}
