/**
 * Text for pictures without a font on the system: the glyphs of a size are drawn once, by sharp, from the DejaVu font
 * that comes as a dependency, and copied from then on.
 */
import { createRequire } from 'node:module';
import sharp from 'sharp';

/** Every cell is as wide as every other (the font is monospaced), so digits that change do not make text jump. */
export interface Glyphs {
  readonly width: number;
  readonly height: number;
  /** How much of each pixel the character covers, 0-255, `height` rows of `width`; undefined of one it does not have. */
  coverage(character: string): Uint8Array | undefined;
}

export type Weight = 'regular' | 'bold';

const FONTS = {
  regular: { file: 'DejaVuSansMono.ttf', name: 'DejaVu Sans Mono' },
  bold: { file: 'DejaVuSansMono-Bold.ttf', name: 'DejaVu Sans Mono Bold' },
} as const;

/** ASCII without its control characters, and what the overlay writes beside. */
const CHARACTERS = [
  ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)),
  '−',
  '…',
  '–',
  '·',
  '×',
];
/** Fills its cell to the edges: one at each end keeps sharp from trimming the line, so the cells are where they should be. */
const BLOCK = '█';

/** Draws the glyphs of a size in pixels. */
export async function drawGlyphs(pixels: number, weight: Weight): Promise<Glyphs> {
  const { file, name } = FONTS[weight];
  const fontfile = createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${file}`);
  const text = `<span foreground="white">${BLOCK}${escapeMarkup(CHARACTERS.join(''))}${BLOCK}</span>`;
  const { data, info } = await sharp({
    text: { text, fontfile, font: `${name} ${pixels}px`, rgba: true, dpi: 72, wrap: 'none' },
  })
    .extractChannel('alpha')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Both ends may be a pixel wider than their cell where the edge of the block falls between two pixels.
  const width = Math.floor(info.width / (CHARACTERS.length + 2));
  const cells = new Map(
    CHARACTERS.map((character, index) => [character, cut(data, info.width, info.height, (index + 1) * width, width)]),
  );
  return { width, height: info.height, coverage: (character) => cells.get(character) };
}

function cut(pixels: Uint8Array, stride: number, height: number, left: number, width: number): Uint8Array {
  const cell = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    cell.set(pixels.subarray(y * stride + left, y * stride + left + width), y * width);
  }
  return cell;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
