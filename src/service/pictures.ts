/**
 * Pictures of requests: data URLs as frames, decoded once and held against limits before they are. One is decoded at a
 * time and made small at once: a file of some kilobytes may hold a picture of many megabytes.
 */
import { createHash } from 'node:crypto';
import { type Frame, isAgentError, sizeOf } from '../core/index.js';
import { decodePicture } from '../model/index.js';
import { badRequest } from './service-error.js';

const DATA_URL = /^data:image\/(?:png|jpe?g|webp|gif);base64,/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Pictures that are kept decoded, so that what was computed from them is kept too. */
const KEPT = 64;
const KEPT_BYTES = 64 * 2 ** 20;

export class Pictures {
  /** By SHA-256 of the data URL; the least recently used comes first. */
  readonly #kept = new Map<string, Frame>();
  #bytes = 0;
  #decoding: Promise<unknown> = Promise.resolve();

  /**
   * @param maxPixels pixels of one picture, at most.
   * @param fit makes it what the model sees of it.
   */
  constructor(
    private readonly maxPixels: number,
    private readonly fit: (frame: Frame) => Frame,
  ) {}

  /**
   * The picture of a data URL; the same object for the same URL.
   * Rejects with a `ServiceError` of status 400.
   */
  async frameOf(url: string, param: string): Promise<Frame> {
    const [head] = DATA_URL.exec(url.slice(0, 64)) ?? [];
    if (head === undefined) {
      throw badRequest('a picture is sent as data:image/png;base64,…: nothing is fetched from an address here', param);
    }
    const key = createHash('sha256').update(url).digest('base64');
    const frame =
      this.#kept.get(key) ??
      (await this.#inTurn(async () => {
        return this.#kept.get(key) ?? this.#decode(url.slice(head.length), param);
      }));
    this.#keep(key, frame);
    return frame;
  }

  #inTurn(work: () => Promise<Frame>): Promise<Frame> {
    const turn = this.#decoding.then(work);
    this.#decoding = turn.catch(() => {});
    return turn;
  }

  async #decode(text: string, param: string): Promise<Frame> {
    if (!BASE64.test(text)) throw badRequest('the picture is no base64', param, 'invalid_image');
    try {
      return this.fit(await decodePicture(Buffer.from(text, 'base64'), this.maxPixels));
    } catch (error) {
      if (!isAgentError(error, 'usage')) throw error;
      throw badRequest(`${error.summary}: ${error.details.got}`, param, 'invalid_image');
    }
  }

  #keep(key: string, frame: Frame): void {
    const size = sizeOf(frame.shape);
    if (!this.#kept.delete(key)) this.#bytes += size;
    this.#kept.set(key, frame);
    for (const [oldest, { shape }] of this.#kept) {
      if (this.#kept.size <= KEPT && this.#bytes <= KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf(shape);
    }
  }
}
