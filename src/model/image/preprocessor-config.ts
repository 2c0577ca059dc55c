/** preprocessor_config.json: what becomes of a picture before the vision tower sees it. */
import { join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import { readCheckpointJson } from '../checkpoint-file.js';
import { KNOWN_PROCESSORS, type ProcessorFields, schemaOf } from './processor-kinds.js';
import { RESAMPLE, type Resample } from './resample.js';

export interface ImageProcessing {
  /**
   * Bytes of the colour with which a picture is first made a square, itself in the middle; without it keeps its shape.
   */
  readonly square?: readonly [number, number, number];
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

/**
 * Reads how a checkpoint wants its pictures: `image_processor` of processor_config.json, where transformers 5 writes
 * it, or else preprocessor_config.json.
 * @param side of the vision tower's pictures, in pixels, where it is known.
 * Rejects with `checkpoint` where there is neither, where something is asked for that is not done here, or where
 *   pictures come out of another size.
 */
export async function readImageProcessing(folder: string, side?: number): Promise<ImageProcessing> {
  const shared = join(folder, 'processor_config.json');
  const own = join(folder, 'preprocessor_config.json');
  const nested = (await readCheckpointJson(shared))?.image_processor;
  const [raw, where] = nested ? [nested, shared] : [await readCheckpointJson(own), own];
  if (raw === undefined) {
    throw new AgentError('checkpoint', 'the checkpoint does not say how its pictures are prepared', {
      expected: 'preprocessor_config.json, or processor_config.json with an image_processor',
      where: folder,
      next: 'copy the file from the place that the checkpoint comes from',
    });
  }
  const processing = parseImageProcessing(raw, where);
  if (side !== undefined) requireSide(processing, side, where);
  return processing;
}

/** Checks the fields of an image processor; `where` names their file in errors. */
export function parseImageProcessing(raw: unknown, where: string): ImageProcessing {
  const kind = (raw as { image_processor_type?: unknown } | null)?.image_processor_type;
  const parsed = schemaOf(kind)?.safeParse(raw);
  if (!parsed?.success) {
    throw new AgentError('checkpoint', 'the image processor asks for what is not implemented here', {
      expected: `image_processor_type ${KNOWN_PROCESSORS}, with sides of at most 4096 pixels`,
      got: parsed ? z.prettifyError(parsed.error) : `image_processor_type ${JSON.stringify(kind)}`,
      where,
    });
  }
  const config = parsed.data;
  const [red, green, blue] = config.image_mean.map((mean) => Math.trunc(mean * 255)) as [number, number, number];
  return {
    ...(config.do_pad ? { square: [red, green, blue] } : {}),
    resize: config.do_resize ? resizeOf(config.size) : null,
    resample: RESAMPLE[config.resample as keyof typeof RESAMPLE],
    crop: config.do_center_crop ? cropOf(config.crop_size) : null,
    rescale: config.do_rescale ? config.rescale_factor : 1,
    mean: config.do_normalize ? config.image_mean : [0, 0, 0],
    deviation: config.do_normalize ? config.image_std : [1, 1, 1],
  };
}

/** A number alone is the shorter side for `size`, as CLIP's processor reads it, and both sides for `crop_size`. */
function resizeOf(size: ProcessorFields['size']): ImageProcessing['resize'] {
  if (typeof size === 'number') return { shortest: size };
  return 'shortest_edge' in size ? { shortest: size.shortest_edge } : size;
}

function cropOf(size: ProcessorFields['crop_size']): ImageProcessing['crop'] {
  return typeof size === 'number' ? { height: size, width: size } : size;
}

function requireSide(processing: ImageProcessing, side: number, where: string): void {
  const made = sizeMade(processing);
  if (!made || (made.height === side && made.width === side)) return;
  throw new AgentError('checkpoint', 'the image processor and the vision tower do not fit', {
    expected: `pictures of ${side} × ${side}, image_size of vision_config in config.json`,
    got: `${made.height} × ${made.width}`,
    where,
  });
}

/** The size of every picture; undefined where it depends on the picture. */
function sizeMade({ crop, resize, square }: ImageProcessing): { height: number; width: number } | undefined {
  if (crop || !resize) return crop ?? undefined;
  if (!('shortest' in resize)) return resize;
  return square ? { height: resize.shortest, width: resize.shortest } : undefined;
}
