/** RefCOCO, RefCOCO+ and RefCOCOg: people's expressions about photographs of COCO. */
import { basename, join } from 'node:path';
import { AgentError } from '../../../core/errors.js';
import { readPicture } from '../../../model/image/index.js';
import { maskOfPolygons } from '../../masks/coco-polygons.js';
import { fromCocoRle } from '../../masks/coco-rle.js';
import { type Mask, outsideOf } from '../../masks/mask.js';
import type { Referring, ReferringSet } from '../referring-set.js';
import { type CocoAnnotation, type CocoImage, type Ref, readInstances, readRefs } from './refcoco-files.js';

export interface RefcocoOptions {
  /** `refs(unc).p`, `refs(umd).p` or the like, with `instances.json` beside it. */
  readonly refs: string;
  /** Folder of COCO's photographs (train2014). */
  readonly images: string;
}

/** One sentence of a ref: what is counted once in cIoU. */
interface Sentence {
  readonly ref: Ref;
  readonly words: string;
}

/**
 * Splits are the published ones: `train`, `val`, and `testA`, `testB` or `test`. Every sentence is one expression.
 * Rejects with `usage` or `config` where a file is missing or not in its form.
 */
export async function openRefcoco({ refs: path, images: folder }: RefcocoOptions): Promise<ReferringSet> {
  const [refs, instances] = await Promise.all([readRefs(path), readInstances(path)]);
  const images = new Map(instances.images.map((image) => [image.id, image]));
  const annotations = new Map(instances.annotations.map((annotation) => [annotation.id, annotation]));
  const ofImage = new Map<number, CocoAnnotation[]>();
  for (const one of instances.annotations) ofImage.set(one.image_id, [...(ofImage.get(one.image_id) ?? []), one]);
  const bySplit = new Map<string, Sentence[]>();
  for (const ref of refs) {
    const sentences = ref.sentences.map(({ sent }): Sentence => ({ ref, words: sent }));
    bySplit.set(ref.split, [...(bySplit.get(ref.split) ?? []), ...sentences]);
  }
  return {
    name: basename(path),
    splits: [...bySplit.keys()],
    size: (split) => bySplit.get(split)?.length ?? 0,
    at: async (split, index): Promise<Referring> => {
      const sentences = bySplit.get(split) ?? [];
      const sentence = sentences[index % sentences.length];
      if (!sentence) throw new RangeError(`there are no expressions for ${split}`);
      const { ref, words } = sentence;
      const [image, annotation] = [images.get(ref.image_id), annotations.get(ref.ann_id)];
      if (!image || !annotation) throw missing(ref, path);
      const others = (ofImage.get(image.id) ?? []).filter((one) => one !== annotation);
      const mask = maskOf(annotation, image);
      return {
        image: await readPicture(join(folder, image.file_name)),
        expression: words,
        origin: `ref ${ref.ref_id} ${image.file_name}`,
        mask,
        others: outsideOf(
          mask,
          others.map((other) => maskOf(other, image)),
        ),
      };
    },
  };
}

function maskOf({ segmentation }: CocoAnnotation, { height, width }: CocoImage): Mask {
  return Array.isArray(segmentation) ? maskOfPolygons(segmentation, height, width) : fromCocoRle(segmentation);
}

function missing({ ref_id, ann_id, image_id }: Ref, where: string): AgentError {
  return new AgentError('config', 'a ref names a picture or an annotation that instances.json has not', {
    expected: `image ${image_id} and annotation ${ann_id}`,
    where: `${where}, ref ${ref_id}`,
    next: 'take instances.json of the same data set as the refs',
  });
}
