/** Counts of tokens: only those that can be true. An answer is not lost because what it cost is told wrongly. */
import type { Usage } from '../../../agent/policy.js';
import type { JsonObject, JsonValue } from '../../../core/index.js';
import type { Generated } from './provider-model.js';
import { isObject } from './read-body.js';

export interface CountedBody {
  /** The body with counts that the SDK can read. */
  readonly body: JsonObject;
  /** The counts are the service's own. */
  readonly isCounted: boolean;
}

/** Looks at the counts of a body, and puts others in their place where they are none. */
export function checkCounts(body: JsonObject): CountedBody {
  const name = 'usageMetadata' in body ? 'usageMetadata' : 'usage';
  const counts = body[name];
  if (counts !== undefined && areCounts(counts)) return { body, isCounted: true };
  // Anthropic's answers have counts by definition: the SDK takes none without.
  return { body: { ...body, [name]: { ...NO_COUNTS[name] } }, isCounted: false };
}

const NO_COUNTS = {
  usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, input_tokens: 0, output_tokens: 0 },
  usageMetadata: {},
};
const PROMPT_COUNTS = ['prompt_tokens', 'input_tokens', 'promptTokenCount'];
/** Tokens of one answer: no model takes a billion, and sums of all answers of an evaluation stay exact. */
const MOST_TOKENS = 1e9;
/** Counts stand at the top or in their details; a body that is nested further cannot even be written again. */
const DEEPEST = 8;
const COUNT = /tokens?$|TokenCount$/i;

function areCounts(counts: JsonValue): boolean {
  if (!isObject(counts) || !PROMPT_COUNTS.some((name) => typeof counts[name] === 'number')) return false;
  return areWhole(counts);
}

function areWhole(counts: JsonObject, depth = 1): boolean {
  return Object.entries(counts).every(([name, value]) => {
    if (isObject(value)) return depth < DEEPEST && areWhole(value, depth + 1);
    return !COUNT.test(name) || value === null || isCount(value);
  });
}

const isCount = (value: JsonValue): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;

/** The SDK's counts as the project's. Cached tokens and those of reasoning are left out where there are none. */
export function usageOf({ inputTokens, outputTokens }: Generated['usage']): Usage {
  return {
    ...(inputTokens.total === undefined ? {} : { promptTokens: inputTokens.total }),
    ...(inputTokens.cacheRead ? { cachedTokens: inputTokens.cacheRead } : {}),
    ...(outputTokens.total === undefined ? {} : { answerTokens: outputTokens.total }),
    ...(outputTokens.reasoning ? { reasoningTokens: outputTokens.reasoning } : {}),
  };
}
