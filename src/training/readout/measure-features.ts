/** All that `agent features` tells of one encoder, as a row of its table. */
import { basename } from 'node:path';
import { readImageProcessing } from '../../model/image/index.js';
import { Tokenizer } from '../../model/text/index.js';
import { ClipNetwork } from '../clip/network.js';
import { heldOutScenes, measureRetrieval, type Retrieval } from '../clip/retrieval.js';
import { READ_ATTRIBUTES, type ReadAttribute } from './attributes.js';
import { isClip, loadEncoder } from './encoder.js';
import { measureReadout, type ReadoutOptions, type ReadoutRow } from './readout.js';

/** Shares from 0 to 1. */
export interface FeatureRow {
  readonly model: string;
  readonly layer: number;
  /** Objects that the maps were fitted and tested on. */
  readonly fitted: number;
  readonly tested: number;
  /** Of a CLIP; null for the eye of a language model. */
  readonly retrieval: Retrieval | null;
  /** What is told of an object by its patches: the figures that count. */
  readonly readout: Readonly<Record<ReadAttribute, number>>;
  /** The same beside chance, and by whole pictures. */
  readonly attributes: readonly ReadoutRow[];
}

/** Scenes among which a caption finds its picture. */
const RETRIEVED = 256;

/** Measures an encoder. @param layer as in `encoderOf`. Rejects with `checkpoint`. */
export async function measureFeatures(
  folder: string,
  options: ReadoutOptions & { layer?: number },
): Promise<FeatureRow> {
  using encoder = await loadEncoder(folder, options.layer);
  const { layer, fitted, tested, rows } = measureReadout(encoder, options);
  const shares = READ_ATTRIBUTES.map((name) => [name, rows.find(({ attribute }) => attribute === name)?.object ?? 0]);
  return {
    model: basename(folder),
    ...{ layer, fitted, tested },
    retrieval: (await isClip(folder)) ? await retrievalOf(folder, options.split) : null,
    readout: Object.fromEntries(shares) as Record<ReadAttribute, number>,
    attributes: rows,
  };
}

async function retrievalOf(folder: string, split: 'validation' | 'test'): Promise<Retrieval> {
  const [tokenizer, processing] = await Promise.all([Tokenizer.load(folder), readImageProcessing(folder)]);
  using network = await ClipNetwork.load(folder);
  const { vision, text } = network.config;
  const scenes = heldOutScenes({ side: vision.imageSize, split, count: RETRIEVED });
  return measureRetrieval(network, scenes, { tokenizer, processing, context: text.positions });
}
