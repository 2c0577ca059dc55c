/** Photographed and painted objects with their names, pasted on drawn backgrounds: real texture with a true caption. */
import type { Frame } from '../../../core/nd-array.js';
import { createRandom } from '../../../core/random.js';
import { resize } from '../../../model/image/index.js';
import type { ImageSample, ImageSource, Split } from '../image-source.js';
import { drawScene } from '../scenes/draw-scene.js';
import { makeScene } from '../scenes/make-scene.js';
import { pathOf, photographsFolder, presentPhotographs, readPhotographList } from './photograph-list.js';
import { asFrame, readReduced } from './reduced.js';

interface Cutout {
  readonly origin: string;
  readonly caption: string;
  readonly colour: Frame;
  /** Opacity, [height, width, 1]. */
  readonly opacity: Frame;
}

/** Shorter side that objects are kept at; they are pasted at up to the picture's side. */
const SHORTER = 112;
/** Seeds of backgrounds for the three splits do not meet. */
const BACKGROUNDS: Readonly<Record<Split, number>> = { train: 0, validation: 2e9, test: 3e9 };

/** Opens the listed cut-outs; a source of size 0 where their package is not installed. */
export async function openCutouts({
  side,
  seed,
  installed = photographsFolder,
}: {
  side: number;
  seed: number;
  installed?: string;
}): Promise<ImageSource> {
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
  const [height, width] = colour.shape as [number, number, number];
  const longer = side * (0.35 + 0.6 * random.next());
  const scale = longer / Math.max(height, width);
  const [rows, columns] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  const [top, left] = [random.integer(side - rows + 1), random.integer(side - columns + 1)];
  const [small, mask] = [resize(colour, rows, columns, 'bilinear'), resize(opacity, rows, columns, 'bilinear')];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const share = (mask.data[y * columns + x] as number) / 255;
      for (let c = 0; c < 3; c++) {
        const at = ((top + y) * side + left + x) * 3 + c;
        const below = data[at] as number;
        data[at] = Math.round(below + ((small.data[(y * columns + x) * 3 + c] as number) - below) * share);
      }
    }
  }
  return { dtype: 'uint8', shape: [side, side, 3], data };
}
