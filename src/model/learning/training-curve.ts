/** The course of a training run: a file of numbers, TensorBoard events, and a picture. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { type EventWriter, loadTensorFlow } from '../runtime/index.js';
import type { StepReport } from './trainer.js';

const FILE = 'curve.jsonl';
/** Size of the picture, and its margins, in pixels. */
const [WIDTH, HEIGHT, MARGIN] = [900, 420, 56];
/** A smaller loss is drawn as this one: the axis has no zero. */
const LEAST = 1e-4;

export class TrainingCurve {
  private constructor(
    private readonly folder: string,
    private readonly points: StepReport[],
    private readonly events: EventWriter,
  ) {}

  /** Goes on with the curve in `folder`; what was recorded after `step` belongs to a run that is not continued. */
  static async open(folder: string, step: number): Promise<TrainingCurve> {
    const tf = await loadTensorFlow();
    const text = await readFile(join(folder, FILE), 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    const points = lines.map((line) => JSON.parse(line) as StepReport).filter((point) => point.step <= step);
    return new TrainingCurve(folder, points, tf.node.summaryFileWriter(join(folder, 'events')));
  }

  /** Records a step. */
  add(report: StepReport): void {
    this.points.push(report);
    this.events.scalar('loss', report.loss, report.step);
    this.events.scalar('learning_rate', report.learningRate, report.step);
    this.events.scalar('gradient_norm', report.gradientNorm, report.step);
  }

  /** A measurement beside the loss, such as the error on held-out pictures: for TensorBoard, with the next `write`. */
  measure(name: string, value: number, step: number): void {
    this.events.scalar(name, value, step);
  }

  /** Writes curve.jsonl, curve.png and the events so far. */
  async write(): Promise<void> {
    this.events.flush();
    const lines = this.points.map((point) => JSON.stringify(point)).join('\n');
    await writeFileAtomic(join(this.folder, FILE), `${lines}\n`);
    const picture = await sharp(Buffer.from(drawCurve(this.points)))
      .png()
      .toBuffer();
    await writeFileAtomic(join(this.folder, 'curve.png'), picture);
  }
}

/**
 * The loss over steps as SVG: each step in grey, a running mean over a fiftieth of the run in blue. The axis is
 * logarithmic: the first losses of a run can be a hundred times its last.
 */
function drawCurve(points: readonly StepReport[]): string {
  const losses = points.map(({ loss }) => loss);
  const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
  const [first, last] = [points[0]?.step ?? 0, points.at(-1)?.step ?? 1];
  const x = (step: number) => MARGIN + ((step - first) / Math.max(last - first, 1)) * (WIDTH - 2 * MARGIN);
  const height = (loss: number) => Math.log(Math.max(loss, LEAST) / Math.max(lowest, LEAST));
  const y = (loss: number) => HEIGHT - MARGIN - (height(loss) / (height(highest) || 1)) * (HEIGHT - 2 * MARGIN);
  const line = (values: readonly number[], style: string) => {
    const path = values.map((value, i) => `${x(points[i]?.step ?? 0).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return `<polyline fill="none" ${style} points="${path}"/>`;
  };
  const label = (at: number, down: number, text: string, anchor: string) =>
    `<text x="${at}" y="${down}" font-family="sans-serif" font-size="13" text-anchor="${anchor}">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">`,
    '<rect width="100%" height="100%" fill="white"/>',
    line(losses, 'stroke="#c8c8c8"'),
    line(runningMean(losses, Math.ceil(losses.length / 50)), 'stroke="#1f5fbf" stroke-width="2"'),
    label(MARGIN - 6, y(highest) + 4, highest.toFixed(3), 'end'),
    label(MARGIN - 6, y(lowest) + 4, lowest.toFixed(3), 'end'),
    label(MARGIN, HEIGHT - MARGIN + 20, `step ${first}`, 'start'),
    label(WIDTH - MARGIN, HEIGHT - MARGIN + 20, `step ${last}`, 'end'),
    label(WIDTH / 2, 24, 'loss, logarithmic', 'middle'),
    '</svg>',
  ].join('');
}

function runningMean(values: readonly number[], width: number): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= width ? (values[i - width] as number) : 0);
    return sum / Math.min(i + 1, width);
  });
}
