/**
 * The files in which RefCOCO, RefCOCO+ and RefCOCOg are published: `refs(…).p`, a pickled list, and COCO's
 * `instances.json` beside it. Pickles are read as data: nothing in one is run, and one that names a class is refused.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Parser } from 'pickleparser';
import { z } from 'zod';
import { AgentError } from '../../../core/errors.js';
import { inWords } from '../../../core/system-error.js';

const id = z.number();

const refsSchema = z.array(
  z.object({
    ref_id: id,
    ann_id: id,
    image_id: id,
    split: z.string(),
    sentences: z.array(z.object({ sent: z.string() })).min(1),
  }),
);

const counts = z.union([z.string(), z.array(z.number())]);

const instancesSchema = z.object({
  images: z.array(z.object({ id, file_name: z.string(), height: z.int().positive(), width: z.int().positive() })),
  annotations: z.array(
    z.object({
      id,
      image_id: id,
      /** Polygons as flat lists of x and y, or runs. */
      segmentation: z.union([
        z.array(z.array(z.number()).min(6)),
        z.object({ size: z.tuple([z.int().positive(), z.int().positive()]), counts }),
      ]),
    }),
  ),
});

export type Ref = z.output<typeof refsSchema>[number];
export type Instances = z.output<typeof instancesSchema>;
export type CocoImage = Instances['images'][number];
export type CocoAnnotation = Instances['annotations'][number];

/**
 * @param path of `refs(unc).p` or the like.
 * Rejects with `usage` where a file is missing, `config` where it is none.
 */
export async function readRefs(path: string): Promise<Ref[]> {
  const bytes = await readBytes(path);
  let value: unknown;
  try {
    value = new Parser().parse(bytes);
  } catch (cause) {
    throw notInForm(path, 'a pickled list of refs, without classes', inWords(cause));
  }
  return checked(refsSchema, value, path);
}

/** COCO's annotations in the same folder as the refs. Rejects as `readRefs`. */
export async function readInstances(refs: string): Promise<Instances> {
  const path = join(dirname(refs), 'instances.json');
  const bytes = await readBytes(path);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw notInForm(path, 'JSON', inWords(cause));
  }
  return checked(instancesSchema, value, path);
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw notInForm(
    where,
    'the fields of the published files',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AgentError('usage', 'a file of referring expressions cannot be read', {
      expected: 'refs(…).p and instances.json in one folder, as RefCOCO is published',
      got: inWords(cause),
      where: path,
      next: 'docs/segmentation.md says where the files are published',
      cause,
    });
  }
}

function notInForm(where: string, expected: string, got: string): AgentError {
  return new AgentError('config', 'a file of referring expressions is not in its form', { expected, got, where });
}
