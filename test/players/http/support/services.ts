/** Services of models on loopback, and what they say when all is well, in the shape of each provider. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider, ServiceSettings } from '../../../../src/players/http/client/service-settings.js';

/** What no reply, error or log may show. */
export const KEY = 'sk-test-0123456789+/secret';

export interface Service extends AsyncDisposable {
  readonly url: string;
  /** Bodies of the requests, in order of their arrival. */
  readonly bodies: readonly Record<string, unknown>[];
  readonly headers: readonly IncomingMessage['headers'][];
}

export type Answering = (response: ServerResponse, body: Record<string, unknown>, request: IncomingMessage) => void;

/**
 * Listens on a free port of loopback until it is disposed of, which ends open connections as well. One that is
 * forgetful keeps neither bodies nor headers.
 */
export async function startService(answer: Answering, { isForgetful = false } = {}): Promise<Service> {
  const bodies: Record<string, unknown>[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      if (!isForgetful) {
        bodies.push(body);
        headers.push(request.headers);
      }
      answer(response, body, request);
    });
  };
  // Node would close a connection that rests for five seconds, which a busy machine may take for a moment.
  const server = createServer({ keepAliveTimeout: 120_000 }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    headers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An answer of chat completions, with other fields in its message, its choice and itself. */
export function chat(message: object, choice: object = {}, body: object = {}) {
  return {
    id: 'a',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'tiny-vlm-2',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...choice }],
    usage: { prompt_tokens: 120, completion_tokens: 7, total_tokens: 127 },
    ...body,
  };
}

/** A text in the shape of each provider. */
export const WELL: Readonly<Record<Provider, (text: string) => unknown>> = {
  openai: (content) => chat({ content }),
  'openai-compatible': (content) => chat({ content }),
  anthropic: (text) => ({
    type: 'message',
    id: 'a',
    role: 'assistant',
    model: 'tiny-vlm-2',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 120, output_tokens: 7 },
  }),
  google: (text) => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 120, candidatesTokenCount: 7, totalTokenCount: 127 },
    modelVersion: 'tiny-vlm-2',
  }),
};

/** Settings for a service on loopback that is asked three times at most. */
export function settingsFor(baseUrl: string, other: Partial<ServiceSettings> = {}): ServiceSettings {
  return {
    provider: 'openai-compatible',
    model: 'tiny-vlm',
    baseUrl,
    apiKey: KEY,
    answers: 'text',
    maxAnswerTokens: 64,
    timeoutMs: 20_000,
    tries: 3,
    requestsAtOnce: 8,
    ...other,
  };
}

/** A question with one picture of one pixel. */
export function question(text = 'What do you press?') {
  return {
    system: 'You play.',
    messages: [
      {
        role: 'user' as const,
        content: [
          { type: 'text' as const, text },
          { type: 'image' as const, png: ONE_PIXEL },
        ],
      },
    ],
    schema: {
      type: 'object',
      properties: { action: { type: 'string', enum: ['left', 'right'] } },
      required: ['action'],
      additionalProperties: false,
    },
    sample: 0,
  };
}

const ONE_PIXEL = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);
