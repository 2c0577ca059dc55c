/**
 * Photographs as an image source: random crops for training, the middle of whole photographs for validation and test.
 * Everything is decoded once when the source is opened, and is small enough to stay in memory.
 */
import { readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { AgentError } from '../../../core/errors.js';
import type { Frame } from '../../../core/nd-array.js';
import { createRandom } from '../../../core/random.js';
import { readPicture } from '../../../model/image/index.js';
import type { ImageSample, ImageSource, Split } from '../image-source.js';
import { centreCrop, randomCrop } from './crop.js';
import { areNear, perceptualHash } from './perceptual-hash.js';
import {
  type PhotographList,
  pathOf,
  photographsFolder,
  presentPhotographs,
  readPhotographList,
} from './photograph-list.js';
import { asFrame, readReduced } from './reduced.js';

export interface PhotographOptions {
  /** Side of the pictures it gives, in pixels. */
  readonly side: number;
  /** Chooses the crops. */
  readonly seed: number;
  /** Folders of the user's own pictures, also in folders below; all are for training. */
  readonly folders?: readonly string[];
  /** The fetched packages; `.runtime/photographs` if not said. */
  readonly installed?: string;
  /** Which photographs there are; the committed list if not said. */
  readonly list?: PhotographList;
  /** Shorter side that training photographs are kept at. */
  readonly shorter?: number;
  /** Bytes that decoded training photographs may take together; further ones are left out. */
  readonly budget?: number;
}

interface Photograph {
  readonly origin: string;
  readonly frame: Frame;
}

/** What opening left out, for the run's log. */
export interface LeftOut {
  readonly origin: string;
  readonly reason: 'near a held-out photograph' | 'near another photograph' | 'over the memory budget';
}

/** Training photographs of which the crop with the most detail is taken. */
const CANDIDATES = 3;
const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.tif', '.tiff', '.avif']);

/**
 * Opens the listed photographs and the user's folders.
 * Rejects with `setup` where held-out photographs are missing, `usage` where a folder or a file is not readable.
 */
export async function openPhotographs(
  options: PhotographOptions,
): Promise<ImageSource & { readonly leftOut: readonly LeftOut[] }> {
  const { side, seed, installed = photographsFolder } = options;
  const entries = presentPhotographs(options.list ?? readPhotographList(), installed).filter(({ cutout }) => !cutout);
  const whole = async (use: Split): Promise<Photograph[]> => {
    const chosen = entries.filter((entry) => entry.use === use);
    return Promise.all(
      chosen.map(async (entry) => {
        const frame = centreCrop(await readPicture(pathOf(entry, installed)), side);
        return { origin: `${entry.package}/${entry.path}`, frame };
      }),
    );
  };
  const held = { validation: await whole('validation'), test: await whole('test') };
  const files = [
    ...entries.filter(({ use }) => use === 'train').map((entry) => pathOf(entry, installed)),
    ...(await Promise.all((options.folders ?? []).map(picturesBelow))).flat(),
  ];
  const { kept: train, leftOut } = await readTraining(files, [...held.validation, ...held.test], options);
  return {
    name: 'photographs',
    leftOut,
    size: (split) => (split === 'train' ? (train.length === 0 ? 0 : Number.POSITIVE_INFINITY) : held[split].length),
    sample: (split, index): ImageSample => {
      const photographs = split === 'train' ? train : held[split];
      const own = photographs[index % photographs.length];
      if (!own) throw new RangeError(`there are no photographs for ${split}`);
      if (split !== 'train') return { image: own.frame, source: 'photographs', origin: own.origin };
      const random = createRandom(seed, `photograph ${index}`);
      const candidates = [own, ...Array.from({ length: CANDIDATES - 1 }, () => random.pick(train))];
      const frames = candidates.map(({ frame }) => frame);
      const { image, photograph } = randomCrop(frames, side, random);
      return { image, source: 'photographs', origin: (candidates[photograph] as Photograph).origin };
    },
  };
}

/** Training photographs, without copies of those that results are measured on, and without copies of each other. */
async function readTraining(
  files: readonly string[],
  held: readonly Photograph[],
  { shorter = 320, budget = 600e6, installed = photographsFolder }: PhotographOptions,
): Promise<{ kept: Photograph[]; leftOut: LeftOut[] }> {
  const heldHashes = held.map(({ frame }) => perceptualHash(frame));
  const keptHashes: bigint[] = [];
  const kept: Photograph[] = [];
  const leftOut: LeftOut[] = [];
  let bytes = 0;
  for (const file of files) {
    const origin = file.startsWith(installed) ? relative(installed, file) : file;
    const frame = asFrame((await readReduced(file, { shorter })).picture);
    // Compared as squares, as the held-out ones are kept.
    const hash = perceptualHash(centreCrop(frame, 96));
    const reason = heldHashes.some((other) => areNear(hash, other))
      ? 'near a held-out photograph'
      : keptHashes.some((other) => areNear(hash, other))
        ? 'near another photograph'
        : bytes + frame.data.length > budget
          ? 'over the memory budget'
          : undefined;
    if (reason) {
      leftOut.push({ origin, reason });
      continue;
    }
    bytes += frame.data.length;
    kept.push({ origin, frame });
    keptHashes.push(hash);
  }
  return { kept, leftOut };
}

async function picturesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && PICTURES.has(extname(entry.name).toLowerCase()));
    return files.map((entry) => join(entry.parentPath, entry.name)).sort();
  } catch (cause) {
    throw new AgentError('usage', 'A folder of pictures cannot be read', { where: folder, cause });
  }
}
