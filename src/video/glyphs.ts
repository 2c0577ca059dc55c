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
  /**
   * How much of each pixel the character covers, 0-255, `height` rows of `width`; undefined of one it does not have.
   */
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
/**
 * Fills its cell, so that sharp, which trims a line to its ink, keeps the cells where they should be; with a space
 * beside it, because at some sizes it stands out of its cell by a pixel.
 */
const BEGIN = '█ ';
const END = ' █';

/** Draws the glyphs of a size in pixels. */
export async function drawGlyphs(pixels: number, weight: Weight): Promise<Glyphs> {
  const { file, name } = FONTS[weight];
  const fontfile = createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${file}`);
  const text = `<span foreground="white">${BEGIN}${escapeMarkup(CHARACTERS.join(''))}${END}</span>`;
  const { data, info } = await sharp({
    text: { text, fontfile, font: `${name} ${pixels}px`, rgba: true, dpi: 72, wrap: 'none' },
  })
    .extractChannel('alpha')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const cellCount = CHARACTERS.length + BEGIN.length + END.length;
  const width = Math.floor(info.width / cellCount);
  const left = Math.round((info.width % cellCount) / 2) + BEGIN.length * width;
  const cells = new Map(
    CHARACTERS.map((character, index) => [character, cut(data, info.width, info.height, left + index * width, width)]),
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
