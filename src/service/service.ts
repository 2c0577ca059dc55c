/** A checkpoint as a service that speaks OpenAI's API. */
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { AgentError, inWords } from '../core/index.js';
import type { VisionLanguageModel } from '../model/index.js';
import { isLoopback } from './access.js';
import { Batcher } from './batcher.js';
import { Chat } from './chat.js';
import { httpServer } from './http.js';
import { Metrics } from './metrics.js';
import { batchAnswers, type Outcome, type Work } from './model-answers.js';

export interface ModelServiceOptions {
  /** As clients name the model. */
  readonly name: string;
  /** Of the checkpoint, for `system_fingerprint`. */
  readonly fingerprint: string;
  /** An address of this machine; 127.0.0.1 where left out. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What clients must send; needed where other machines reach the address. */
  readonly key?: string;
  /** Requests that go through the model together, at most. */
  readonly maxBatch?: number;
  /** Requests that wait, at most. */
  readonly maxWaiting?: number;
  readonly bodyBytes?: number;
  /** Pictures of one request, at most. */
  readonly maxPictures?: number;
  /** Pixels of one picture, at most. */
  readonly maxPixels?: number;
  /** Told of what went wrong in the service itself; its clients are not. */
  readonly onFailure?: (error: unknown) => void;
}

export interface ModelService extends AsyncDisposable {
  /** What a client takes as its base URL, such as `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  /**
   * Takes no more requests, answers those that it has, and ends.
   * @param graceMs after which those that are left are given up.
   */
  close(graceMs?: number): Promise<void>;
}

const DEFAULTS = {
  host: '127.0.0.1',
  maxBatch: 16,
  maxWaiting: 64,
  bodyBytes: 32 * 2 ** 20,
  maxPictures: 16,
  maxPixels: 16e6,
};
const GRACE_MS = 10_000;
const LOOK_MS = 20;

/**
 * Serves a loaded model, which stays the caller's to dispose of after `close`.
 * Rejects with `usage` for an address that other machines reach without a key, and where nothing can listen there.
 */
export async function serveModel(model: VisionLanguageModel, options: ModelServiceOptions): Promise<ModelService> {
  const { name, port, key, onFailure = () => {}, ...limits } = options;
  const { host, maxBatch, maxWaiting, bodyBytes, ...settings } = { ...DEFAULTS, ...limits };
  requireKey(host, key);
  const answer = batchAnswers(model);
  const batcher: Batcher<Work, Outcome> = new Batcher<Work, Outcome>({
    run: (batch) => {
      metrics.batches.observe(batch.length);
      return answer(batch);
    },
    keyOf: ({ form }) => (form.kind === 'free' ? 'free' : form.key),
    maxBatch,
    maxWaiting,
  });
  const metrics = new Metrics(() => batcher.waiting);
  const open = new Set<AbortController>();
  const chat = new Chat(model, batcher, { ...settings, name });
  const created = Math.floor(Date.now() / 1000);
  const waiting = () => batcher.waiting;
  const app = httpServer(chat, metrics, open, { name, created, key, bodyBytes, waiting, onFailure });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw new AgentError('usage', 'the service cannot listen there', {
      expected: 'a free port of an address of this machine',
      got: inWords(cause),
      where: `${host}, port ${port}`,
      next: 'end what listens there, or take another --port; 0 is any that is free',
      cause,
    });
  }
  let closing: Promise<void> | undefined;
  const close = async (graceMs = GRACE_MS): Promise<void> => {
    const closed = app.close();
    const deadline = performance.now() + graceMs;
    while (open.size > 0 && performance.now() < deadline) await wait(LOOK_MS);
    batcher.close();
    for (const controller of open) controller.abort(new AgentError('cancelled', 'the service is being stopped'));
    await batcher.idle();
    app.server.closeAllConnections();
    await closed;
    metrics.registry.clear();
  };
  const end = (graceMs?: number): Promise<void> => {
    closing ??= close(graceMs);
    return closing;
  };
  const { port: chosen } = app.server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${chosen}/v1`, close: end, [Symbol.asyncDispose]: () => end() };
}

function requireKey(host: string, key: string | undefined): void {
  if (key !== undefined || isLoopback(host)) return;
  throw new AgentError('usage', 'other machines reach this address, and there is no key', {
    expected: 'AGENT_SERVICE_KEY in the environment, or --key-file',
    got: `--host ${host}`,
    next: 'set one, for instance by: export AGENT_SERVICE_KEY=$(openssl rand -hex 32)',
  });
}
