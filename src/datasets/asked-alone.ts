/**
 * A player that is asked about each situation by itself. What a network says moves in its seventh digit with the size
 * of a batch; asked alone, it says the same whoever else plays, so that a dataset is the same in every bit.
 */
import type { Answer, Policy } from '../agent/index.js';

/** `policy`, asked one by one; it stays the caller's. A player that says it does not matter is asked as before. */
export function askedAlone(policy: Policy, id = policy.id): Policy {
  return {
    id,
    ...(policy.provenance === undefined ? {} : { provenance: policy.provenance }),
    ...(policy.needs === undefined ? {} : { needs: policy.needs }),
    ...(policy.isPaced === undefined ? {} : { isPaced: policy.isPaced }),
    ...(policy.computesHere === undefined ? {} : { computesHere: policy.computesHere }),
    ...(policy.isBatchInvariant === undefined ? {} : { isBatchInvariant: policy.isBatchInvariant }),
    begin: (start) => policy.begin(start),
    act: async (situations, options) => {
      if (policy.isBatchInvariant) return policy.act(situations, options);
      const answers: Answer[] = [];
      for (const situation of situations) answers.push(...(await policy.act([situation], options)));
      return answers;
    },
    end: (episode) => policy.end(episode),
    [Symbol.asyncDispose]: async () => {},
  };
}
