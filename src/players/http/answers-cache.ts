/**
 * Answers of services in a folder, each in a file that is called by the hash of what was asked. A file that is torn,
 * foreign or of another format counts as none: the question is asked again and the file written anew.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { UNUSABLE_ANSWERS } from '../../agent/policy.js';
import { AgentError, inWords, makeFolder, readText, writeFileAtomic } from '../../core/index.js';
import type { ServiceReply } from './client/service-question.js';

const FORMAT = 1;

const count = z.int().min(0).exactOptional();
const answer = z.strictObject({
  format: z.literal(FORMAT),
  key: z.string(),
  kind: z.enum(['text', 'unusable']),
  outcome: z.enum(UNUSABLE_ANSWERS).exactOptional(),
  raw: z.string(),
  reasoning: z.string().exactOptional(),
  usage: z
    .strictObject({ promptTokens: count, cachedTokens: count, answerTokens: count, reasoningTokens: count })
    .exactOptional(),
  service: z.strictObject({
    model: z.string().exactOptional(),
    finish: z.string().nullable(),
    request: z.string(),
    latencyMs: z.number().min(0),
    cost: z.number().min(0).nullable(),
  }),
});

type Kept = Exclude<ServiceReply, { kind: 'failure' }>;

export class AnswersCache {
  readonly #folder: string;
  readonly #onTrouble: (sentence: string) => void;
  readonly #asked = new Map<string, Promise<ServiceReply>>();

  private constructor(folder: string, onTrouble: (sentence: string) => void) {
    this.#folder = folder;
    this.#onTrouble = onTrouble;
  }

  /** Makes the folder where there is none. Rejects with `file`. `onTrouble` hears of an answer that cannot be kept. */
  static async open(folder: string, onTrouble: (sentence: string) => void = () => {}): Promise<AnswersCache> {
    await makeFolder(folder).catch((cause: unknown) => {
      throw new AgentError('file', 'the folder for answers cannot be made', {
        expected: 'a folder that can be written to',
        got: inWords(cause),
        where: folder,
        next: 'give another folder to --cache',
        cause,
      });
    });
    return new AnswersCache(folder, onTrouble);
  }

  /**
   * The answer that is kept under `key`, marked as cached, else what `ask` brings, which is kept unless it is a
   * failure. What is asked for twice at a time is asked once.
   */
  async answer(key: string, ask: () => Promise<ServiceReply>): Promise<ServiceReply> {
    const asked = this.#asked.get(key);
    if (asked) {
      const reply = await asked;
      return reply.kind === 'failure' ? this.answer(key, ask) : cached(reply);
    }
    const answer = this.#answer(key, ask);
    this.#asked.set(key, answer);
    try {
      return await answer;
    } finally {
      this.#asked.delete(key);
    }
  }

  async #answer(key: string, ask: () => Promise<ServiceReply>): Promise<ServiceReply> {
    const kept = await this.#read(key);
    if (kept) return cached(kept);
    const reply = await ask();
    if (reply.kind !== 'failure') await this.#write(key, reply);
    return reply;
  }

  async #read(key: string): Promise<Kept | undefined> {
    try {
      const { format: _, key: own, service, ...said } = answer.parse(JSON.parse(await readText(this.#file(key))));
      if (own !== key || (said.kind === 'unusable') !== (said.outcome !== undefined)) return undefined;
      return { ...said, service: { ...service, isCached: true, requests: 0, failed: [] } } as Kept;
    } catch {
      return undefined;
    }
  }

  /** What cannot be kept is not lost: it is told, and the game goes on. */
  async #write(key: string, reply: Kept): Promise<void> {
    const { isCached: _, requests: __, failed: ___, ...service } = reply.service;
    const file = this.#file(key);
    try {
      await makeFolder(join(this.#folder, key.slice(0, 2)));
      await writeFileAtomic(file, `${JSON.stringify({ format: FORMAT, key, ...reply, service })}\n`);
    } catch (error) {
      this.#onTrouble(`an answer could not be kept in ${file}: ${inWords(error)}`);
    }
  }

  /** Sub-folders by two digits: a folder of 100,000 files is slow to list. */
  #file(key: string): string {
    return join(this.#folder, key.slice(0, 2), `${key}.json`);
  }
}

/** Under which name an answer is kept: the request's, and of draws by chance also whose draw and which it is. */
export function cacheKey(request: string, draw?: { readonly episode: string; readonly index: number }): string {
  if (draw === undefined) return request;
  return createHash('sha256').update(`${request}\n${draw.episode}\n${draw.index}`).digest('hex');
}

/** The same answer to somebody who did not pay for it. */
function cached(reply: Kept): Kept {
  return { ...reply, service: { ...reply.service, isCached: true, requests: 0, failed: [] } };
}
