/** The image processors of transformers that are known here: the fields of each, with its defaults. */
import { z } from 'zod';

/** Published towers take 224 to 1,344 pixels a side. */
const MAX_SIDE = 4096;
const side = z.int().positive().max(MAX_SIDE);
const box = z.object({ height: side, width: side });
const triple = z.tuple([z.number(), z.number(), z.number()]);
const deviations = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
/** A field may be null, which stands for its default. */
const flag = (value: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((given) => given ?? value);

const common = {
  do_resize: flag(true),
  resample: z.int().min(0).max(5).default(3),
  do_rescale: flag(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: flag(true),
};

/** CLIPImageProcessor. */
const clip = z.object({
  ...common,
  size: z.union([side, z.object({ shortest_edge: side }), box]).default({ shortest_edge: 224 }),
  do_center_crop: flag(true),
  crop_size: z.union([side, box]).default({ height: 224, width: 224 }),
  image_mean: triple.default([0.48145466, 0.4578275, 0.40821073]),
  image_std: deviations.default([0.26862954, 0.26130258, 0.27577711]),
  do_pad: z.literal(false).nullish(),
});

/** LlavaImageProcessor: CLIP's, but it may first make a picture a square with the mean colour around it. */
const llava = clip.extend({ do_pad: flag(false) });

/** SiglipImageProcessor: the whole picture is brought to the tower's square. */
const siglip = clip.extend({
  size: box.default({ height: 224, width: 224 }),
  do_center_crop: flag(false),
  image_mean: triple.default([0.5, 0.5, 0.5]),
  image_std: deviations.default([0.5, 0.5, 0.5]),
});

/** Fields of an image processor, defaults filled in. */
export type ProcessorFields = z.infer<typeof llava> | z.infer<typeof clip> | z.infer<typeof siglip>;

const KINDS: Readonly<Record<string, z.ZodType<ProcessorFields>>> = { CLIP: clip, Llava: llava, Siglip: siglip };

/**
 * The schema of a processor by its class. `…Fast` and `…Pil` are the same with another library behind it; a file
 * without a class is CLIP's, as the oldest are.
 * @returns undefined for a class that is not known here.
 */
export function schemaOf(kind: unknown): z.ZodType<ProcessorFields> | undefined {
  if (kind === undefined || kind === null) return clip;
  const [, family] = /^(\w+?)ImageProcessor(?:Fast|Pil)?$/.exec(String(kind)) ?? [];
  return family === undefined || !Object.hasOwn(KINDS, family) ? undefined : KINDS[family];
}

/** Names for a message. */
export const KNOWN_PROCESSORS = Object.keys(KINDS)
  .map((family) => `${family}ImageProcessor`)
  .join(', ');
