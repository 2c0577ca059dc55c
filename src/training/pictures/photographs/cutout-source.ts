/** Photographed and painted objects with their names, pasted on drawn backgrounds: real texture with a true caption. */
import type { Frame } from '../../../core/nd-array.js';
import { createRandom, type Random } from '../../../core/random.js';
import { resize } from '../../../model/image/index.js';
import type { ImageSample, ImageSource, Split } from '../image-source.js';
import { drawScene } from '../scenes/draw-scene.js';
import { makeScene } from '../scenes/make-scene.js';
import { pathOf, photographsFolder, presentPhotographs, readPhotographList } from './photograph-list.js';
import { asFrame, readReduced } from './reduced.js';

/** A thing without its background. */
export interface Cutout {
  readonly origin: string;
  /** What it is, such as `a barn owl`. */
  readonly caption: string;
  readonly colour: Frame;
  /** Opacity, [height, width, 1]. */
  readonly opacity: Frame;
}

/** Shorter side that objects are kept at; they are pasted at up to the picture's side. */
const SHORTER = 112;
/** Seeds of backgrounds for the three splits do not meet. */
const BACKGROUNDS: Readonly<Record<Split, number>> = { train: 0, validation: 2e9, test: 3e9 };

/** The listed cut-outs by split; empty where their package is not installed. */
export async function readCutouts(installed = photographsFolder): Promise<Readonly<Record<Split, readonly Cutout[]>>> {
  const entries = presentPhotographs(readPhotographList(), installed).filter(({ cutout }) => cutout);
  const bySplit: Record<Split, Cutout[]> = { train: [], validation: [], test: [] };
  for (const entry of entries) {
    const { picture } = await readReduced(pathOf(entry, installed), { shorter: SHORTER, alpha: true });
    const { height, width, channels, data } = picture;
    const opacity = Uint8Array.from({ length: height * width }, (_, i) => data[i * channels + channels - 1] as number);
    bySplit[entry.use].push({
      origin: `${entry.package}/${entry.path}`,
      caption: entry.caption ?? 'an object',
      colour: asFrame(picture),
      opacity: { dtype: 'uint8', shape: [height, width, 1], data: opacity },
    });
  }
  return bySplit;
}

/** Cut-outs on drawn backgrounds; a source of size 0 where their package is not installed. */
export async function openCutouts({
  side,
  seed,
  installed = photographsFolder,
}: {
  side: number;
  seed: number;
  installed?: string;
}): Promise<ImageSource> {
  const bySplit = await readCutouts(installed);
  return {
    name: 'cutouts',
    size: (split) => (bySplit[split].length === 0 ? 0 : Number.POSITIVE_INFINITY),
    sample: (split, index): ImageSample => {
      const cutouts = bySplit[split];
      const cutout = cutouts[index % cutouts.length];
      if (!cutout) throw new RangeError(`there are no cut-outs for ${split}`);
      const image = paste(cutout, side, seed + BACKGROUNDS[split] + index);
      return { image, source: 'cutouts', origin: `${cutout.origin} #${index}`, caption: cutout.caption };
    },
  };
}

/** The object somewhere on a background, at a third of the picture to nearly all of it. */
function paste({ colour, opacity }: Cutout, side: number, seed: number): Frame {
  const random = createRandom(seed, 'cutout');
  const scene = makeScene(seed, 1);
  const { data } = drawScene({ ...scene, objects: [] }, side).image;
  const scale = 0.35 + 0.6 * random.next();
  pasteOn({ data, side }, { colour, opacity }, scale, random);
  return { dtype: 'uint8', shape: [side, side, 3], data };
}

/**
 * Lays a cut-out somewhere on a square picture.
 * @param scale its longer side as a part of the picture's.
 * @returns the numbers of the pixels that it hides at least half.
 */
export function pasteOn(
  { data, side }: { readonly data: Frame['data']; readonly side: number },
  { colour, opacity }: Pick<Cutout, 'colour' | 'opacity'>,
  scale: number,
  random: Random,
): number[] {
  const [height, width] = colour.shape as [number, number, number];
  const by = (scale * side) / Math.max(height, width);
  const [rows, columns] = [Math.max(1, Math.round(height * by)), Math.max(1, Math.round(width * by))];
  const [top, left] = [random.integer(side - rows + 1), random.integer(side - columns + 1)];
  const [small, mask] = [resize(colour, rows, columns, 'bilinear'), resize(opacity, rows, columns, 'bilinear')];
  const hidden: number[] = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const share = (mask.data[y * columns + x] as number) / 255;
      const pixel = (top + y) * side + left + x;
      if (share >= 0.5) hidden.push(pixel);
      for (let c = 0; c < 3; c++) {
        const below = data[pixel * 3 + c] as number;
        data[pixel * 3 + c] = Math.round(below + ((small.data[(y * columns + x) * 3 + c] as number) - below) * share);
      }
    }
  }
  return hidden;
}
