/** Numbers in config.json beyond which nothing is built: larger than those of any published model. */
import { z } from 'zod';

const id = z.int().nonnegative();
/** The tokens that end an answer, as config.json and generation_config.json write them. */
export const endTokensSchema = z.union([id, z.array(id)]).nullish();

const upTo = (limit: number) => z.int().positive().max(limit);

export const LIMITS = {
  vocabulary: upTo(2 ** 22),
  /** Of hidden states and what lies within a layer. */
  width: upTo(2 ** 18),
  layers: upTo(1024),
  heads: upTo(4096),
  /** Tokens of a sequence. */
  positions: upTo(2 ** 27),
  /** Pixels of a side. */
  side: upTo(4096),
} as const;
