/** Several answers to one situation as one: the action that most of them name, with all of them kept beside it. */
import type { Game } from '../game/game.js';
import { parseAction } from '../parser/parse-action.js';
import type { Answer, Sample, ServiceFacts, Usage } from '../policy.js';

type Drawn = Extract<Answer, { kind: 'text' | 'unusable' | 'failure' }>;
type Text = Extract<Answer, { kind: 'text' }>;

/**
 * The first of the answers that name the action which most of them name; where two actions are named as often, the one
 * that was named first. Answers that name none have no vote; where none has one, the first answer. What they cost is
 * added up. One answer stays as it is.
 */
export function majority(game: Game, drawn: readonly [Drawn, ...Drawn[]]): Drawn {
  const [first] = drawn;
  if (drawn.length === 1) return first;
  const votes = drawn.map((answer) => voteOf(game, answer));
  const counts = new Map<number, number>();
  for (const vote of votes) if (vote !== null) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  // A map keeps the order in which its keys came.
  const most = Math.max(...counts.values());
  const winner = [...counts].find(([, count]) => count === most)?.[0];
  const chosen = winner === undefined ? (drawn.find(isText) ?? first) : drawn[votes.indexOf(winner)];
  const cost = together(drawn);
  if (chosen?.kind !== 'text') return { ...(chosen ?? first), ...cost };
  const samples = drawn.flatMap((answer, index): Sample[] => {
    if (answer.kind === 'failure') return [];
    const { raw, reasoning } = answer;
    return [{ raw, action: votes[index] ?? null, ...(reasoning === undefined ? {} : { reasoning }) }];
  });
  return { ...chosen, ...cost, samples };
}

const isText = (answer: Drawn): answer is Text => answer.kind === 'text';

function voteOf({ actions, sights }: Game, answer: Drawn): number | null {
  if (answer.kind !== 'text') return null;
  const parse = parseAction(answer.raw, actions, sights);
  return parse.ok ? parse.action : null;
}

/** What all answers cost together. */
function together(drawn: readonly Drawn[]): { readonly usage?: Usage; readonly service?: ServiceFacts } {
  const usages = drawn.flatMap(({ usage }) => (usage ? [usage] : []));
  const facts = drawn.flatMap(({ service }) => (service ? [service] : []));
  return {
    ...(usages.length > 0 ? { usage: usages.reduce(addUsage) } : {}),
    ...(facts.length > 0 ? { service: facts.reduce(addFacts) } : {}),
  };
}

function addUsage(a: Usage, b: Usage): Usage {
  const names = ['promptTokens', 'cachedTokens', 'answerTokens', 'reasoningTokens'] as const;
  const known = names.filter((name) => a[name] !== undefined || b[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

/** Asked side by side: the longest one decides how long it took. The first request's hash stands for all. */
function addFacts(a: ServiceFacts, b: ServiceFacts): ServiceFacts {
  return {
    ...a,
    isCached: a.isCached && b.isCached,
    latencyMs: Math.max(a.latencyMs, b.latencyMs),
    requests: a.requests + b.requests,
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
    failed: [...a.failed, ...b.failed],
  };
}
