/** A service of a tiny checkpoint, and what is sent to it. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import OpenAI from 'openai';
import sharp from 'sharp';
import { VisionLanguageModel } from '../../../src/model/index.js';
import { type ModelService, type ModelServiceOptions, serveModel } from '../../../src/service/index.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';

export const KEY = 'a-key-for-tests';

export interface Served extends AsyncDisposable {
  readonly model: VisionLanguageModel;
  readonly service: ModelService;
  readonly client: OpenAI;
  readonly failures: unknown[];
  /** Sends a body as it is, with the key. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export async function serveTiny(options: Partial<ModelServiceOptions> = {}): Promise<Served> {
  const folder = await tinyCheckpoint();
  const model = await VisionLanguageModel.load(folder);
  const failures: unknown[] = [];
  const service = await serveModel(model, {
    ...{ name: 'tiny', fingerprint: 'fp', port: 0, key: KEY, onFailure: (error: unknown) => failures.push(error) },
    ...options,
  });
  const client = new OpenAI({ baseURL: service.url, apiKey: KEY, maxRetries: 0 });
  const post = (body: unknown, headers = {}) =>
    fetch(`${service.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    ...{ model, service, client, failures, post },
    [Symbol.asyncDispose]: async () => {
      await service.close(0);
      model[Symbol.dispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Pixels that differ with the seed. */
export function noise(seed: number, side = 24): Uint8Array<ArrayBuffer> {
  let bytes = createHash('sha512').update(`${seed}`).digest();
  while (bytes.length < side * side * 3) bytes = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]);
  return Uint8Array.from(bytes.subarray(0, side * side * 3));
}

export async function dataUrl(pixels: Uint8Array, side = 24): Promise<string> {
  const png = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** A question with a picture, in one user's message. */
export async function question(text: string, seed: number) {
  const url = await dataUrl(noise(seed));
  const content = [
    { type: 'image_url' as const, image_url: { url } },
    { type: 'text' as const, text },
  ];
  return { model: 'tiny', messages: [{ role: 'user' as const, content }] };
}
