/** From the SDK's result to what the loop can take: a text, or the name of what is wrong with it. */
import type { UnusableAnswer, Usage } from '../../../agent/policy.js';
import type { Exchange } from './exchange.js';
import type { Generated } from './provider-model.js';
import { isObject } from './read-body.js';
import { RequestFailure } from './request-failure.js';
import { splitReasoning } from './split-reasoning.js';
import { usageOf } from './usage-counts.js';

/** An answer as the service gave it, keys that it echoes still in it. */
export interface ReadAnswer {
  /** null for a text that a parser may read. */
  readonly outcome: UnusableAnswer | null;
  readonly raw: string;
  /** Empty where there is none. */
  readonly reasoning: string;
  readonly finish: string | null;
  readonly model?: string;
  readonly usage?: Usage;
}

/** Throws a `RequestFailure` where the service says that the answer ended in an error of its own. */
export function readAnswer(result: Generated, exchange: Exchange): ReadAnswer {
  const { unified, raw: finish = null } = result.finishReason;
  if (unified === 'error' || finish === 'error') {
    throw new RequestFailure('server-error', 'the answer ended in an error');
  }
  const written = splitReasoning(textOf(result, 'text'));
  const reasoning = [textOf(result, 'reasoning'), written.reasoning].filter(Boolean).join('\n');
  const outcome = unusable(written.text, unified, finish, exchange);
  const model = result.response?.modelId ?? exchange.modelVersion;
  return {
    outcome,
    raw: wellFormed(written.text),
    reasoning: wellFormed(reasoning),
    finish,
    ...(model ? { model } : {}),
    ...(exchange.isCounted ? { usage: usageOf(result.usage) } : {}),
  };
}

/** The answer that a response without any choice is. */
export const EMPTY_ANSWER: ReadAnswer = { outcome: 'no-content', raw: '', reasoning: '', finish: null };

type Unified = Generated['finishReason']['unified'];

/** What a service says of an answer stands over what the answer looks like. */
function unusable(text: string, unified: Unified, finish: string | null, exchange: Exchange): UnusableAnswer | null {
  if (finish === 'refusal' || isRefused(exchange)) return 'refusal';
  if (unified === 'content-filter') return 'content-filter';
  if (unified === 'length') return 'cut-off';
  return text.trim() === '' ? 'no-content' : null;
}

/** Chat completions have a field of its own for a refusal, which the SDK hands on as text. */
function isRefused({ choice }: Exchange): boolean {
  const message = choice?.message;
  return isObject(message) && typeof message.refusal === 'string' && message.refusal !== '';
}

function textOf({ content }: Generated, type: 'text' | 'reasoning'): string {
  return content.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
}

/** Halves of surrogate pairs become U+FFFD, as in every file that an answer is written to. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
