/** Plots of benchmarks whose rows are points of curves (`curve` of bench/benchmark.ts), as SVG. */
import { extent, group } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { plotsOf } from './bench-history.mjs';

/** Sizes in pixels: of the picture, and of its margins. */
const [WIDTH, HEIGHT] = [560, 340];
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 20, 76, 52];
/** Beyond the first and last point, as a factor. */
const ROOM = 1.25;
/** Okabe and Ito's, which colour-blind people tell apart too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const [GREY, FAINT, TEXT] = ['#8a8a8a', '#e6e6e6', '#222222'];
const LEGEND_COLUMNS = 2;

/** The plots of a run, each with its file's name. */
export function drawPlots(run) {
  return plotsOf(run).map(({ name, file }) => ({
    file,
    svg: draw(
      name,
      run.rows.filter(({ curve }) => curve?.plot === name),
    ),
  }));
}

function draw(name, points) {
  const { across, isLog } = points[0].curve;
  const unit = points[0].unit;
  const x = scaleLog(widened(points.map(({ curve }) => curve.x)), [LEFT, WIDTH - RIGHT]);
  const values = points.map(({ ours }) => ours);
  const y = isLog
    ? scaleLog(widened(values), [HEIGHT - BOTTOM, TOP])
    : scaleLinear([0, 1.05 * Math.max(...values)], [HEIGHT - BOTTOM, TOP]);
  const places = [...new Set(points.map(({ curve }) => curve.x))];
  // Of a few points each has its place on the axis; of others the axis has its own.
  const ticks = isLog ? x.ticks(3).filter((tick) => Number.isInteger(Math.log10(tick))) : places;
  const rungs = isLog ? y.ticks(3).filter((tick) => Number.isInteger(Math.log10(tick))) : y.ticks(5);
  const curves = [...group(points, ({ curve }) => curve.line)];
  const content = [
    ...rungs.map((value) => rule(`M${LEFT},${px(y(value))}H${WIDTH - RIGHT}`, FAINT)),
    ...rungs.map((value) => label(LEFT - 8, y(value) + 4, value.toLocaleString('en-US'), 'end')),
    ...ticks.map((value) => rule(`M${px(x(value))},${HEIGHT - BOTTOM}v5`, GREY)),
    ...ticks.map((value) => label(x(value), HEIGHT - BOTTOM + 19, value.toLocaleString('en-US'), 'middle')),
    rule(`M${LEFT},${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`, GREY),
    ...curves.map(([, own], i) => curve(own, COLOURS[i % COLOURS.length], x, y)),
    ...curves.map(([text], i) => legend(text, i)),
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, across, 'middle'),
    label(LEFT, 20, `${name}, ${unit}`, 'start', 'font-weight="bold"'),
  ].join('');
  const size = `width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}"`;
  const font = 'font-family="DejaVu Sans, Arial, sans-serif" font-size="12"';
  const background = '<rect width="100%" height="100%" fill="white"/>';
  const title = `<title>${escaped(`${name}, ${unit}`)}</title>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>${title}${background}${content}</svg>\n`;
}

function widened(values) {
  const [low, high] = extent(values);
  return [low / ROOM, high * ROOM];
}

function curve(points, colour, x, y) {
  const sorted = [...points].sort((a, b) => a.curve.x - b.curve.x);
  const path = line(
    (point) => x(point.curve.x),
    (point) => y(point.ours),
  ).digits(1);
  const dots = sorted.map(
    (point) => `<circle cx="${px(x(point.curve.x))}" cy="${px(y(point.ours))}" r="3.5" fill="${colour}"/>`,
  );
  return `${rule(path(sorted), colour, 'stroke-width="2"')}${dots.join('')}`;
}

function legend(text, i) {
  const left = LEFT + (i % LEGEND_COLUMNS) * ((WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS);
  const top = 32 + Math.floor(i / LEGEND_COLUMNS) * 18;
  const mark = `<rect x="${left}" y="${top}" width="11" height="11" fill="${COLOURS[i % COLOURS.length]}"/>`;
  return mark + label(left + 16, top + 10, text, 'start');
}

function rule(path, colour, more = '') {
  return `<path fill="none" stroke="${colour}" ${more} d="${path}"/>`;
}

function label(x, y, text, anchor, more = '') {
  return `<text x="${px(x)}" y="${px(y)}" fill="${TEXT}" text-anchor="${anchor}" ${more}>${escaped(text)}</text>`;
}

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const px = (value) => value.toFixed(1);
