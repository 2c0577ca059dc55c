/** preprocessor_config.json: what becomes of a picture before the vision tower sees it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import { RESAMPLE, type Resample } from './resample.js';

export interface ImageProcessing {
  /** `shortest` scales the shorter side to this many pixels and keeps the proportions; null leaves the size. */
  readonly resize: { readonly shortest: number } | { readonly height: number; readonly width: number } | null;
  readonly resample: Resample;
  /** Cut from the middle, filled up with black where the picture is smaller; null leaves the size. */
  readonly crop: { readonly height: number; readonly width: number } | null;
  /** Factor on bytes. */
  readonly rescale: number;
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

const side = z.int().positive();
const box = z.object({ height: side, width: side });
const triple = z.tuple([z.number(), z.number(), z.number()]);

/** Field names and defaults of transformers' CLIPImageProcessor. */
const schema = z.object({
  image_processor_type: z.enum(['CLIPImageProcessor', 'CLIPImageProcessorFast', 'CLIPImageProcessorPil']).optional(),
  do_resize: z.boolean().default(true),
  size: z.union([side, z.object({ shortest_edge: side }), box]).default({ shortest_edge: 224 }),
  resample: z.int().min(0).max(5).default(3),
  do_center_crop: z.boolean().default(true),
  crop_size: z.union([side, box]).default({ height: 224, width: 224 }),
  do_rescale: z.boolean().default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: triple.default([0.48145466, 0.4578275, 0.40821073]),
  image_std: triple.default([0.26862954, 0.26130258, 0.27577711]),
  do_pad: z.literal(false).nullish(),
});

/**
 * Reads preprocessor_config.json of a checkpoint folder.
 * @throws AgentError `checkpoint` where it is missing, or asks for what CLIP's processor does not do.
 */
export async function readImageProcessing(folder: string): Promise<ImageProcessing> {
  const path = join(folder, 'preprocessor_config.json');
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new AgentError('checkpoint', 'A checkpoint with a vision tower has no readable preprocessor_config.json', {
      got: cause instanceof Error ? cause.message : String(cause),
      where: path,
      cause,
    });
  }
  return parseImageProcessing(raw, path);
}

/** Checks the content of a preprocessor_config.json; `where` names it in errors. */
export function parseImageProcessing(raw: unknown, where: string): ImageProcessing {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    throw new AgentError('checkpoint', 'preprocessor_config.json asks for what is not implemented here', {
      got: z.prettifyError(parsed.error),
      where,
    });
  }
  const config = parsed.data;
  return {
    resize: config.do_resize ? resizeOf(config.size) : null,
    resample: RESAMPLE[config.resample as keyof typeof RESAMPLE],
    crop: config.do_center_crop ? cropOf(config.crop_size) : null,
    rescale: config.do_rescale ? config.rescale_factor : 1,
    mean: config.do_normalize ? config.image_mean : [0, 0, 0],
    deviation: config.do_normalize ? config.image_std : [1, 1, 1],
  };
}

/** A number alone is the shorter side for `size`, as CLIP's processor reads it, and both sides for `crop_size`. */
function resizeOf(size: z.infer<typeof schema>['size']): ImageProcessing['resize'] {
  if (typeof size === 'number') return { shortest: size };
  return 'shortest_edge' in size ? { shortest: size.shortest_edge } : size;
}

function cropOf(size: z.infer<typeof schema>['crop_size']): ImageProcessing['crop'] {
  return typeof size === 'number' ? { height: size, width: size } : size;
}
