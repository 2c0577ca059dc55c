/**
 * The picture of an experiment, as SVG and PNG: of each game and demonstrator the score against demonstrations, a line
 * and a band for each model, and beside it the differences that the config asks for, with the line of none.
 */
import { extent } from 'd3-array';
import { type ScaleLinear, type ScaleLogarithmic, scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import sharp from 'sharp';
import type { ExperimentTable } from './table-schema.js';

/** Sizes in pixels: of a panel with its margins, of the margins. */
const [WIDTH, HEIGHT] = [560, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 20, 56, 56];
/** Beyond the smallest and largest budget, as a factor. */
const ROOM = 1.25;
/** Okabe and Ito's, which colour-blind people tell apart too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
const [GREY, FAINT, TEXT] = ['#8a8a8a', '#e6e6e6', '#222222'];
/** A PNG has so many pixels along a pixel of the SVG. */
const DENSITY = 2;

interface Point {
  readonly budget: number;
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
}

interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly valueName: string;
  /** A line from left to right, with what it is. */
  readonly level: { readonly value: number; readonly name: string } | null;
  readonly hasZero: boolean;
}

type Axes = { readonly x: ScaleLogarithmic<number, number>; readonly y: ScaleLinear<number, number> };

/** What is not there yet is left out. */
export async function drawExperiment(table: ExperimentTable): Promise<{ svg: string; png: Buffer }> {
  const rows = table.demonstrators.map((lesson) => panelsOf(table, lesson));
  const columns = table.paired.length > 0 ? 2 : 1;
  const [width, height] = [WIDTH * columns, HEIGHT * rows.length];
  const panels = rows.flatMap((row, down) =>
    row.slice(0, columns).map((panel, right) => {
      const place = `translate(${right * WIDTH},${down * HEIGHT})`;
      return `<g transform="${place}">${drawPanel(panel)}</g>`;
    }),
  );
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const background = '<rect width="100%" height="100%" fill="white"/>';
  const font = 'font-family="DejaVu Sans, Arial, sans-serif" font-size="13"';
  // A name is of letters, digits, dots and dashes, and needs no escape.
  const title = `<title>${table.experiment}: mean score against demonstrations</title>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>${title}${background}${panels.join('')}</svg>\n`;
  return {
    svg,
    png: await sharp(Buffer.from(svg), { density: 72 * DENSITY })
      .png()
      .toBuffer(),
  };
}

function panelsOf(table: ExperimentTable, lesson: ExperimentTable['demonstrators'][number]): [Panel, Panel] {
  const { game, demonstrator } = lesson;
  const isOfIt = (row: { game: string; demonstrator: string }): boolean =>
    row.game === game && row.demonstrator === demonstrator;
  const rows = table.rows.filter((row) => isOfIt(row) && row.training_seed === 'all');
  const models = [...new Set(rows.map(({ model }) => model))];
  const colourOf = (index: number): string => COLOURS[index % COLOURS.length] as string;
  const curves = models.map((model, index) => ({
    name: model,
    colour: colourOf(index),
    points: rows.filter((row) => row.model === model).flatMap((row) => pointOf(row.budget, row.mean, row.interval)),
  }));
  const pairs = table.paired.filter(isOfIt);
  const names = [...new Set(pairs.map(({ a, b }) => nameOfPair(a, b)))];
  const differences = names.map((name, index) => ({
    name,
    colour: colourOf(index + models.length),
    points: pairs
      .filter(({ a, b }) => nameOfPair(a, b) === name)
      .flatMap((row) => pointOf(row.budget, row.difference, row.interval)),
  }));
  const level = lesson.mean === null ? null : { value: lesson.mean, name: `${demonstrator} itself` };
  const title = `${game}, shown by ${demonstrator}`;
  return [
    { title, curves, valueName: 'mean score', level, hasZero: false },
    { title: 'difference', curves: differences, valueName: 'difference in mean score', level: null, hasZero: true },
  ];
}

const nameOfPair = (a: string, b: string): string => `${a} − ${b}`;

function pointOf(budget: number | 'all', value: number | null, interval: Point['interval']): Point[] {
  return budget === 'all' || value === null ? [] : [{ budget, value, interval }];
}

function drawPanel(panel: Panel): string {
  const { curves, title, valueName, level, hasZero } = panel;
  const points = curves.flatMap((curve) => curve.points);
  const axes = axesOf(panel);
  const { x, y } = axes;
  const budgets = [...new Set(points.map(({ budget }) => budget))];
  const valueText = y.tickFormat(6);
  return [
    ...y.ticks(6).map((value) => rule(`M${LEFT},${px(y(value))}H${WIDTH - RIGHT}`, FAINT)),
    ...y.ticks(6).map((value) => label(LEFT - 8, y(value) + 4, valueText(value), 'end')),
    ...budgets.map((budget) => rule(`M${px(x(budget))},${HEIGHT - BOTTOM}v5`, GREY)),
    ...budgets.map((budget) => label(x(budget), HEIGHT - BOTTOM + 20, String(budget), 'middle')),
    rule(`M${LEFT},${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`, GREY),
    ...(hasZero ? [rule(`M${LEFT},${px(y(0))}H${WIDTH - RIGHT}`, TEXT)] : []),
    ...(level ? levelLine(level, y) : []),
    ...curves.map((curve) => band(curve, axes)),
    ...curves.map((curve) => marks(curve, axes)),
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, 'episodes of demonstrations (log)', 'middle'),
    `<g transform="translate(18,${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">${label(0, 0, valueName, 'middle')}</g>`,
    label(LEFT, 20, title, 'start', TEXT, 'font-weight="bold"'),
    legend(curves),
    ...(points.length === 0
      ? [label((LEFT + WIDTH - RIGHT) / 2, HEIGHT / 2, 'nothing is done yet', 'middle', GREY)]
      : []),
  ].join('');
}

function axesOf({ curves, level, hasZero }: Panel): Axes {
  const points = curves.flatMap((curve) => curve.points);
  const [first = 1, last = 10] = extent(points, ({ budget }) => budget);
  const values = points.flatMap(({ value, interval }) => [value, ...(interval ?? [])]);
  const [low = 0, high = 1] = extent([0, ...(values.length === 0 ? [1] : values), ...(level ? [level.value] : [])]);
  const room = 0.04 * Math.max(high - low, 1);
  return {
    x: scaleLog([first / ROOM, last * ROOM], [LEFT, WIDTH - RIGHT]),
    y: scaleLinear([low < 0 || hasZero ? low - room : low, high + room], [HEIGHT - BOTTOM, TOP]),
  };
}

function levelLine({ value, name }: NonNullable<Panel['level']>, y: Axes['y']): string[] {
  const dashes = 'stroke-dasharray="5 4"';
  return [
    rule(`M${LEFT},${px(y(value))}H${WIDTH - RIGHT}`, GREY, dashes),
    label(WIDTH - RIGHT - 4, y(value) - 6, name, 'end', GREY),
  ];
}

function band({ points, colour }: Curve, { x, y }: Axes): string {
  const path = area<Point>()
    .x(({ budget }) => x(budget))
    .y0(({ value, interval }) => y(interval?.[0] ?? value))
    .y1(({ value, interval }) => y(interval?.[1] ?? value))
    .digits(1);
  return `<path fill="${colour}" fill-opacity="0.15" d="${path([...points]) ?? ''}"/>`;
}

/** Line, dots, and the interval of each as a bar: of one budget alone there is no band. */
function marks({ points, colour }: Curve, { x, y }: Axes): string {
  const path = line<Point>(
    ({ budget }) => x(budget),
    ({ value }) => y(value),
  ).digits(1);
  const dots = points.map(({ budget, value, interval }) => {
    const bar = interval ? rule(`M${px(x(budget))},${px(y(interval[0]))}V${px(y(interval[1]))}`, colour) : '';
    return `${bar}<circle cx="${px(x(budget))}" cy="${px(y(value))}" r="4" fill="${colour}"/>`;
  });
  return `${rule(path([...points]) ?? '', colour, 'stroke-width="2"')}${dots.join('')}`;
}

function legend(curves: readonly Curve[]): string {
  let left = LEFT;
  return curves
    .map(({ name, colour }) => {
      const mark = `<rect x="${left}" y="33" width="12" height="12" fill="${colour}"/>`;
      const text = label(left + 17, 44, name, 'start');
      left += 34 + 8 * name.length;
      return mark + text;
    })
    .join('');
}

function rule(path: string, colour: string, more = ''): string {
  return `<path fill="none" stroke="${colour}" ${more} d="${path}"/>`;
}

type Anchor = 'start' | 'middle' | 'end';

function label(x: number, y: number, text: string, anchor: Anchor, colour = TEXT, more = ''): string {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${px(x)}" y="${px(y)}" fill="${colour}" text-anchor="${anchor}" ${more}>${plain}</text>`;
}

function px(value: number): string {
  return value.toFixed(1);
}
