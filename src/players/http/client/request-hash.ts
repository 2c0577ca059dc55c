/** The name of a request: the same where the same is asked of the same model in the same way. */
import { createHash } from 'node:crypto';
import type { ServiceQuestion } from './service-question.js';
import { baseUrlOf, type ServiceSettings } from './service-settings.js';

/** Of how requests are written; counted up where the client begins to ask in another way. */
const FORMAT = 1;

/**
 * SHA-256 in hex over everything that decides an answer: address, model, settings of the draw, messages with the bytes
 * of their pictures. Keys, limits and patience are not in it.
 */
export function requestHash(settings: ServiceSettings, question: ServiceQuestion): string {
  const { provider, model, answers, temperature, seed, reasoningEffort, maxAnswerTokens, extra } = settings;
  const asked = {
    format: FORMAT,
    settings: { provider, baseUrl: baseUrlOf(settings), model, temperature, seed, reasoningEffort, maxAnswerTokens },
    extra,
    schema: answers === 'schema' ? question.schema : undefined,
    system: question.system,
    sample: question.sample,
    messages: question.messages.map(({ role, content }) => ({
      role,
      content: content.map((part) => (part.type === 'text' ? { text: part.text } : { png: sha256(part.png) })),
    })),
  };
  return sha256(JSON.stringify(asked));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
