/** What a client may send to `/v1/chat/completions`. Fields that are not named here are left unread. */
import { z } from 'zod';
import { badRequest } from './service-error.js';

const MAX_STOPS = 16;
/** More hold the service for seconds, whoever else waits. */
export const MAX_CHOICES = 256;
const MAX_TOP_LOGPROBS = 20;

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const picturePart = z.object({
  type: z.literal('image_url'),
  image_url: z.union([z.string().transform((url) => ({ url })), z.object({ url: z.string() })]),
});
const part = z.discriminatedUnion('type', [textPart, picturePart]);
const content = z.union([z.string().transform((text) => [{ type: 'text' as const, text }]), z.array(part)]);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']).transform(() => 'system' as const), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({ role: z.literal('assistant'), content }),
]);

const choices = z.array(z.string().min(1)).min(1).max(MAX_CHOICES);
const tokens = z.int().min(1).nullish();

/** A setting that changes nothing at its usual value, and is not implemented at any other. */
const only = (value: number) =>
  z
    .literal(value, { error: `only ${value}, which changes nothing, is taken here` })
    .nullish()
    .transform(() => undefined);

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string().transform((text) => [text]), z.array(z.string()).max(MAX_STOPS)]).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }),
      }),
    ])
    .nullish(),
  // As vLLM names a list of answers; the second is its older word.
  structured_outputs: z.object({ choice: choices }).nullish(),
  guided_choice: choices.nullish(),
  n: only(1),
  top_p: only(1),
  presence_penalty: only(0),
  frequency_penalty: only(0),
  tools: z.array(z.unknown()).max(0, 'tools are not implemented here').nullish(),
  logit_bias: z.record(z.string(), z.never('logit_bias is not implemented here')).nullish(),
});

export type ChatRequest = z.output<typeof requestSchema>;
export type ChatMessage = ChatRequest['messages'][number];

/** Reads a body. Throws a `ServiceError` of status 400 that names the first field that is wrong. */
export function readRequest(body: unknown): ChatRequest {
  const { data, error } = requestSchema.safeParse(body);
  if (data) return data;
  const { path, message } = innermost(error.issues[0] as Issue);
  const where = path.join('.');
  throw badRequest(`${where || 'the body'}: ${message} (docs/serve-model.md)`, where);
}

type Issue = z.core.$ZodIssue;

/** Of a field that may be of several forms, what is wrong with the last of them: a text may stand for a list. */
function innermost(issue: Issue): Pick<Issue, 'path' | 'message'> {
  const within = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : undefined;
  if (!within) return issue;
  const { path, message } = innermost(within);
  return { path: [...issue.path, ...path], message };
}
