/** Errors on held-out pictures over a run: a file of numbers, and their course as a picture. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { PICTURE_KINDS, type PictureKind } from './pictures.js';

/** Error on held-out pictures at a step. */
export interface Validation {
  readonly step: number;
  readonly stage: string;
  /** Mean absolute error, 0-255, by kind of picture; null where no answer was a colour. */
  readonly errors: Readonly<Partial<Record<PictureKind, number | null>>>;
  /** Answers that were no colour. */
  readonly unparsed: number;
}

const FILE = 'held-out.jsonl';
const [WIDTH, HEIGHT, MARGIN] = [900, 420, 56];
const COLOURS: Readonly<Record<PictureKind, string>> = { photographs: '#1f5fbf', scenes: '#2a9d3a', games: '#c2461f' };

export class HeldOutLog {
  private constructor(
    private readonly folder: string,
    private readonly points: Validation[],
  ) {}

  /** Goes on with the log in `folder`; what was measured after `step` belongs to a run that is not continued. */
  static async open(folder: string, step: number): Promise<HeldOutLog> {
    const text = await readFile(join(folder, FILE), 'utf8').catch(() => '');
    const points = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Validation]));
    return new HeldOutLog(
      folder,
      points.filter((point) => point.step <= step),
    );
  }

  /** Records a measurement and writes held-out.jsonl and held-out.png. */
  async add(validation: Validation): Promise<void> {
    this.points.push(validation);
    await writeFileAtomic(join(this.folder, FILE), this.points.map((point) => `${JSON.stringify(point)}\n`).join(''));
    const picture = await sharp(Buffer.from(drawErrors(this.points)))
      .png()
      .toBuffer();
    await writeFileAtomic(join(this.folder, 'held-out.png'), picture);
  }
}

/** One line a kind of picture over steps, from error 0 up; a thin line where a stage begins. */
function drawErrors(points: readonly Validation[]): string {
  const values = points.flatMap(({ errors }) => Object.values(errors)).filter((value) => value !== null);
  const highest = Math.max(...values, 1);
  const last = points.at(-1)?.step ?? 1;
  const x = (step: number): number => MARGIN + (step / Math.max(last, 1)) * (WIDTH - 2 * MARGIN);
  const y = (error: number): number => HEIGHT - MARGIN - (error / highest) * (HEIGHT - 2 * MARGIN);
  const label = (at: number, down: number, text: string, style: string): string =>
    `<text x="${at}" y="${down}" font-family="sans-serif" font-size="13" ${style}>${text}</text>`;
  const lines = PICTURE_KINDS.flatMap((kind, i) => {
    const known = points.filter(({ errors }) => typeof errors[kind] === 'number');
    if (known.length === 0) return [];
    const path = known
      .map(({ step, errors }) => `${x(step).toFixed(1)},${y(errors[kind] as number).toFixed(1)}`)
      .join(' ');
    const newest = known.at(-1)?.errors[kind]?.toFixed(2) ?? '';
    const style = `fill="${COLOURS[kind]}"`;
    return [
      `<polyline fill="none" stroke="${COLOURS[kind]}" stroke-width="2" points="${path}"/>`,
      label(WIDTH - 220, 24 + 18 * i, `${kind} ${newest}`, style),
    ];
  });
  const begins = points.filter((point, i) => i > 0 && point.stage !== points[i - 1]?.stage);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...begins.map(({ step }) => `<path stroke="#c8c8c8" d="M${x(step)},${MARGIN} V${HEIGHT - MARGIN}"/>`),
    ...lines,
    label(MARGIN - 6, y(highest) + 4, highest.toFixed(1), 'text-anchor="end"'),
    label(MARGIN - 6, y(0) + 4, '0', 'text-anchor="end"'),
    label(WIDTH - MARGIN, HEIGHT - MARGIN + 20, `step ${last}`, 'text-anchor="end"'),
    label(MARGIN, 24, 'mean absolute error on held-out pictures', ''),
    '</svg>',
  ].join('');
}
