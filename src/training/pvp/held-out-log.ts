/** Errors on held-out pictures over a run: a file of numbers, and their course as a picture. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { drawLines } from '../../model/learning/index.js';
import type { HeldOutLanguage } from './held-out-language.js';
import { PICTURE_KINDS, type PictureKind } from './pictures.js';

/** Error on held-out pictures at a step. */
export interface Validation {
  readonly step: number;
  readonly stage: string;
  /** Mean absolute error, 0-255, by kind of picture; null where no answer was a colour. */
  readonly errors: Readonly<Partial<Record<PictureKind, number | null>>>;
  /** Answers that were no colour. */
  readonly unparsed: number;
  /** Where the recipe asks questions of held-out scenes. */
  readonly language?: HeldOutLanguage;
}

const FILE = 'held-out.jsonl';
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
    await writeFileAtomic(join(this.folder, 'held-out.png'), await drawErrors(this.points));
  }
}

/** One line a kind of picture over steps, from error 0 up; a thin line where a stage begins. */
async function drawErrors(points: readonly Validation[]): Promise<Buffer> {
  const lines = PICTURE_KINDS.flatMap((kind) => {
    const known = points.flatMap(({ step, errors }) => {
      const error = errors[kind];
      return typeof error === 'number' ? [[step, error] as const] : [];
    });
    const newest = known.at(-1);
    return newest ? [{ points: known, colour: COLOURS[kind], name: `${kind} ${newest[1].toFixed(2)}` }] : [];
  });
  const begins = points.filter((point, i) => i > 0 && point.stage !== points[i - 1]?.stage);
  return await drawLines('mean absolute error on held-out pictures', lines, { marks: begins.map(({ step }) => step) });
}
