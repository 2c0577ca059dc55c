/** Pictures side by side in one PNG, magnified without smoothing, with a line of text above each. */
import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';
import { writeFileAtomic } from '../../core/atomic-write.js';
import type { Frame } from '../../core/nd-array.js';

export interface Labelled {
  readonly label: string;
  /** `uint8` [height, width, 3]. */
  readonly picture: Frame;
}

const [GAP, LABEL] = [8, 22];

/** Writes rows of pictures; every picture must have the size of the first. */
export async function writeGrid(path: string, rows: readonly (readonly Labelled[])[], scale: number): Promise<void> {
  const [height, width] = (rows[0]?.[0]?.picture.shape ?? [1, 1]) as [number, number];
  const cell = { width: width * scale + GAP, height: height * scale + LABEL };
  const columns = Math.max(...rows.map((row) => row.length));
  const layers = rows.flatMap((row, y) =>
    row.map(async ({ label, picture }, x) => {
      const at = { left: x * cell.width + GAP / 2, top: y * cell.height };
      const enlarged = await sharp(Buffer.from(picture.data), { raw: { height, width, channels: 3 } })
        .resize(width * scale, height * scale, { kernel: 'nearest' })
        .png()
        .toBuffer();
      return [{ input: enlarged, left: at.left, top: at.top + LABEL }, await text(label, at.left, at.top + 4)];
    }),
  );
  const picture = await sharp({
    create: {
      width: columns * cell.width,
      height: rows.length * cell.height + GAP,
      channels: 3,
      background: '#ffffff',
    },
  })
    .composite((await Promise.all(layers)).flat())
    .png()
    .toBuffer();
  await writeFileAtomic(path, picture);
}

async function text(label: string, left: number, top: number): Promise<OverlayOptions> {
  const fontfile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  const escaped = label.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const input = await sharp({ text: { text: escaped, fontfile, font: 'DejaVu Sans 12px', dpi: 72, rgba: true } })
    .png()
    .toBuffer();
  return { input, left, top };
}
