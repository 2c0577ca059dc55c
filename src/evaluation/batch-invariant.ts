/**
 * Makes a batched policy's actions the same whatever it is asked together with. A matrix product sums in another order
 * when the batch has another size, so scores move in their last digits with the company a situation is in; where two
 * actions are nearly equal, that is enough to change the action and with it the rest of the episode. Such close calls
 * are asked again, each alone and with nothing kept from before, and that answer counts. It is a function of the
 * situation.
 */
import type { Answer, Policy, Situation } from '../agent/index.js';
import type { Frame } from '../core/index.js';

/**
 * Two best scores nearer than this, as a share of the best one's size where that is above 1, are a close call. What a
 * batch moves is below 1e-4 (tests hold the model to that); from 2e-4 on it could not change the order.
 */
export const CLOSE_CALL_MARGIN = 1e-3;

export interface BatchInvariantPolicy extends Policy {
  /** Answers so far, and those of them that were asked again alone. */
  readonly counts: { readonly answers: number; readonly closeCalls: number };
}

/**
 * `policy`, with close calls asked again alone. Policies that say they are batch-invariant, or answer with a discrete
 * action and no scores, decide by themselves and are left as they are; vectors of numbers, and texts without scores,
 * have no margin to look at and are always asked alone, and so is everything computed in less than float32. Disposes of
 * `policy` at its end.
 */
export function batchInvariant(policy: Policy, margin = CLOSE_CALL_MARGIN): BatchInvariantPolicy {
  const { precision = 'float32' } = policy.provenance ?? {};
  const counts = { answers: 0, closeCalls: 0 };
  let isBatchUseless = precision !== 'float32';
  const askAlone = async (situation: Situation, options: Parameters<Policy['act']>[1]): Promise<Answer> => {
    const [answer] = await policy.act([withNewFrames(situation)], options);
    return answer as Answer;
  };
  return {
    id: policy.id,
    ...(policy.needs === undefined ? {} : { needs: policy.needs }),
    ...(policy.isPaced === undefined ? {} : { isPaced: policy.isPaced }),
    ...(policy.computesHere === undefined ? {} : { computesHere: policy.computesHere }),
    provenance: { ...policy.provenance, close_call_margin: margin },
    counts,
    begin: (start) => policy.begin(start),
    act: async (situations, options) => {
      counts.answers += situations.length;
      if (policy.isBatchInvariant) return policy.act(situations, options);
      const together = isBatchUseless ? [] : await policy.act(situations, options);
      const settled: Answer[] = [];
      for (const [i, situation] of situations.entries()) {
        const answer = together[i];
        isBatchUseless ||= answer !== undefined && hasNoMargin(answer);
        const stands = answer !== undefined && !hasNoMargin(answer) && !isCloseCall(answer, margin);
        if (!stands) counts.closeCalls++;
        settled.push(stands ? answer : await askAlone(situation, options));
      }
      return settled;
    },
    end: (episode) => policy.end(episode),
    [Symbol.asyncDispose]: () => policy[Symbol.asyncDispose](),
  };
}

function hasNoMargin(answer: Answer): boolean {
  if (answer.kind === 'action') return typeof answer.action !== 'number';
  return answer.kind === 'text' && answer.scores === undefined;
}

function isCloseCall(answer: Answer, margin: number): boolean {
  if (!('scores' in answer) || answer.scores === undefined) return false;
  let [best, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const score of answer.scores) {
    if (score > best) [best, second] = [score, best];
    else if (score > second) second = score;
  }
  if (answer.scores.some(Number.isNaN)) return true;
  return answer.scores.length > 1 && !(best - second > margin * Math.max(1, Math.abs(best)));
}

/** The same pictures as new objects: what was computed from one in a batch is kept under the object. */
function withNewFrames(situation: Situation): Situation {
  const copies = new Map<Frame, Frame>();
  const copyOf = (frame: Frame): Frame => {
    const copy = copies.get(frame) ?? { ...frame };
    copies.set(frame, copy);
    return copy;
  };
  const past = situation.past?.map((decision) => ({ ...decision, frame: copyOf(decision.frame) }));
  return { ...situation, frames: situation.frames.map(copyOf), ...(past ? { past } : {}) };
}
