/** The course of a training run: a file of numbers, TensorBoard events, and a picture. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cumsum } from 'd3-array';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { type EventWriter, loadTensorFlow } from '../runtime/index.js';
import { drawLines } from './line-picture.js';
import type { StepReport } from './trainer.js';

const FILE = 'curve.jsonl';
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
    await writeFileAtomic(join(this.folder, 'curve.png'), await drawCurve(this.points));
  }
}

/**
 * The loss over steps: each step in grey, a running mean over a fiftieth of the run in blue. The axis is logarithmic:
 * the first losses of a run can be a hundred times its last.
 */
async function drawCurve(points: readonly StepReport[]): Promise<Buffer> {
  const means = runningMean(
    points.map(({ loss }) => loss),
    Math.ceil(points.length / 50),
  );
  const course = points.map(({ step }, i) => [step, means[i] as number] as const);
  const lines = [
    { points: points.map(({ step, loss }) => [step, loss] as const), colour: '#c8c8c8' },
    { points: course, colour: '#1f5fbf', name: `running mean ${means.at(-1)?.toFixed(3) ?? ''}` },
  ];
  return await drawLines('loss, logarithmic', lines, { logarithmicFrom: LEAST });
}

function runningMean(values: readonly number[], width: number): number[] {
  const sums = cumsum(values);
  return values.map((_, i) => ((sums[i] as number) - (sums[i - width] ?? 0)) / Math.min(i + 1, width));
}
