/** Numbers of a training over its steps, as a picture with axes. */
import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import sharp from 'sharp';

type Point = readonly [step: number, value: number];

/** A line of the picture; a value that is not finite is left out. */
export interface PictureLine {
  readonly points: readonly Point[];
  readonly colour: string;
  /** Stands in the picture's corner, in the line's colour. */
  readonly name?: string;
}

export interface PictureAxes {
  /** The axis of values is logarithmic, and smaller ones than this are drawn as it. Otherwise it is linear, from 0. */
  readonly logarithmicFrom?: number;
  /** Steps with a line from top to bottom. */
  readonly marks?: readonly number[];
}

/** Size of the picture, and its margins, in pixels. */
const [WIDTH, HEIGHT, MARGIN] = [900, 420, 56];
const [RIGHT, BOTTOM] = [WIDTH - MARGIN, HEIGHT - MARGIN];
const [GREY, FAINT] = ['#c8c8c8', '#ececec'];

/** A PNG of 900 by 420 pixels; points go by step. */
export async function drawLines(title: string, lines: readonly PictureLine[], axes: PictureAxes): Promise<Buffer> {
  const points = lines.flatMap((one) => one.points);
  const [first = 0, last = 1] = extent(points, ([step]) => step);
  const x = scaleLinear([first, last], [MARGIN, RIGHT]);
  const y = valueScale(points, axes);
  const path = line<Point>(
    ([step]) => x(step),
    ([, value]) => y(value),
  ).digits(1);
  const [stepText, valueText] = [x.tickFormat(8), y.tickFormat(6, '~f')];
  const picture = [
    ...y.ticks(6).map((value) => stroke(`M${MARGIN},${y(value)}H${RIGHT}`, FAINT)),
    ...y.ticks(6).map((value) => label(MARGIN - 6, y(value) + 4, valueText(value), 'end')),
    ...x.ticks(8).map((step) => label(x(step), BOTTOM + 20, stepText(step), 'middle')),
    label(WIDTH / 2, BOTTOM + 42, 'step', 'middle'),
    ...(axes.marks ?? []).map((step) => stroke(`M${x(step)},${MARGIN}V${BOTTOM}`, GREY)),
    ...lines.map((one) => stroke(path(one.points.filter(([, value]) => Number.isFinite(value))) ?? '', one.colour)),
    label(MARGIN, 24, title, 'start'),
    ...lines.map(({ name = '', colour }, i) => label(RIGHT, 24 + 18 * i, name, 'end', colour)),
  ];
  return await sharp(Buffer.from(framed(picture.join(''))))
    .png()
    .toBuffer();
}

function valueScale(points: readonly Point[], { logarithmicFrom: least }: PictureAxes) {
  const [lowest = 1, highest = 1] = extent(points, ([, value]) => value);
  const range = [BOTTOM, MARGIN];
  if (least === undefined) return scaleLinear([0, Math.max(highest, 1)], range);
  return scaleLog([Math.max(lowest, least), Math.max(highest, least)], range).clamp(true);
}

function framed(content: string): string {
  const size = `width="${WIDTH}" height="${HEIGHT}"`;
  const background = '<rect width="100%" height="100%" fill="white"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${background}${content}</svg>`;
}

function stroke(path: string, colour: string): string {
  return `<path fill="none" stroke="${colour}" stroke-width="1.5" d="${path}"/>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end', colour = 'black'): string {
  const font = 'font-family="sans-serif" font-size="13"';
  return `<text x="${x}" y="${y}" ${font} fill="${colour}" text-anchor="${anchor}">${text}</text>`;
}
