/** A policy that says what a test tells it to say, and keeps what it was asked. */
import type { Answer, Policy, Situation } from '../../../src/agent/index.js';

export type Reply = string | number | Error | Answer | (() => Promise<Answer>);

export interface FakePolicy extends Policy {
  /** Every call of `act`, with its situations. */
  readonly calls: readonly (readonly Situation[])[];
  readonly events: readonly string[];
}

/**
 * `reply` gives the answer to a situation: text, an action's index, an error to throw (for the whole batch), or an
 * answer as it is.
 */
export function fakePolicy(reply: (situation: Situation) => Reply): FakePolicy {
  const calls: (readonly Situation[])[] = [];
  const events: string[] = [];
  return {
    id: 'fake',
    provenance: { kind: 'fake' },
    calls,
    events,
    begin: async ({ episode }) => {
      events.push(`begin ${episode}`);
    },
    act: async (situations) => {
      calls.push(situations);
      return Promise.all(situations.map((situation) => toAnswer(reply(situation))));
    },
    end: async (episode) => {
      events.push(`end ${episode}`);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function toAnswer(reply: Reply): Promise<Answer> {
  if (reply instanceof Error) throw reply;
  if (typeof reply === 'string') return { kind: 'text', raw: reply };
  if (typeof reply === 'number') return { kind: 'action', action: reply };
  return typeof reply === 'function' ? reply() : reply;
}
