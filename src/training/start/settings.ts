/** What a new network is made of, as a recipe says it. */
import { z } from 'zod';

const count = z.int().positive();

const randomEncoder = z.strictObject({
  image_size: count,
  patch_size: count,
  hidden_size: count,
  intermediate_size: count,
  layers: count,
  heads: count,
});

export const startSchema = z.strictObject({
  /**
   * The CLIP whose vision encoder is taken: a folder, or a name in models/. Or the sizes of one with random weights.
   */
  clip: z.union([z.string(), randomEncoder]),
  /** Seed of everything that is drawn. */
  seed: z.int().nonnegative().default(0),
  /** Tokens of the vocabulary, at most. */
  vocabulary: count.default(1792),
  /** Hidden state of the encoder that is shown to the language model, as config.json counts it. */
  feature_layer: z.int().default(-2),
  /** Whether the decoder begins by finding the named place and reading its colour. */
  position_code: z.boolean().default(true),
  /**
   * Where it shall begin, besides, by finding what words name and reading what that is and where: drawn scenes on which
   * the projector is taught what lies in a patch, and updates of it at each of three rates; and whether by reading
   * instructions, too.
   */
  things: z.strictObject({ scenes: count, updates: count, instructions: z.boolean().default(false) }).exactOptional(),
  /** The decoder, of the LLaMA type. */
  language: z.strictObject({
    hidden_size: count,
    intermediate_size: count,
    layers: count,
    heads: count,
    /** Longest sequence in tokens. */
    context: count.default(4096),
  }),
});

export type StartSettings = z.infer<typeof startSchema>;
