/** `--policy human`: a person plays, with keys, from the very pictures that a policy is given. */
import type { Answer, Policy } from '../agent/policy.js';
import { AgentError } from '../core/index.js';
import type { Move, Person } from './person.js';
import type { PolicyContext, PolicyKind } from './registry.js';

export const humanKind: PolicyKind = {
  name: 'human',
  argument: null,
  description: 'you, with keys, in a page of your browser (docs/view.md)',
  needs: ['pictures', 'named actions'],
  check: async (_, { person }) => void requirePerson(person),
  create: async (_, context) => humanPolicy(context),
};

function humanPolicy({ person: given }: PolicyContext): Policy {
  const person = requirePerson(given);
  return {
    id: 'human',
    provenance: { played_by: 'a person at the keys' },
    isBatchInvariant: true,
    needs: ['pictures', 'named actions'],
    isPaced: true,
    begin: (start) => person.begin(start),
    act: async (situations, { signal } = {}) => {
      const answers: Answer[] = [];
      for (const situation of situations) answers.push(answerOf(await person.move(situation, signal)));
      return answers;
    },
    end: (episode) => person.end(episode),
    [Symbol.asyncDispose]: async () => {},
  };
}

function answerOf(move: Move): Answer {
  if (move.kind === 'stop') return { kind: 'stop', reason: 'the person left' };
  const { action, isHeld, tookMs } = move;
  return { kind: 'action', action, ...(isHeld ? { isHeld: true } : { tookMs }) };
}

function requirePerson(person: Person | undefined): Person {
  if (person) return person;
  throw new AgentError('usage', 'nobody sits at the keys', {
    expected: 'a command that opens a page for a person: agent play, agent eval or agent collect',
    got: '--policy human',
    next: 'agent play --game carracing --policy human',
  });
}
