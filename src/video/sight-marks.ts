/**
 * Marks what a player says it sees: bars in lanes outside the picture, level with the column or row. Every sight has a
 * lane of its own, so that no mark hides another, and none hides anything of the picture.
 */
import { type Canvas, type Colour, drawText, fill, type Rectangle } from './canvas.js';
import type { CaptionedSight } from './captions.js';
import type { Glyphs } from './glyphs.js';

const COLOURS: readonly Colour[] = [
  [94, 214, 255],
  [255, 206, 110],
  [255, 120, 200],
  [150, 235, 150],
  [190, 160, 255],
  [255, 160, 120],
];

/** The colour of a sight by its place in the game's list. */
export function sightColour(place: number): Colour {
  return COLOURS[place % COLOURS.length] as Colour;
}

/** Width of a lane that has no text in it, in pixels. */
const BARE_LANE = 8;
/** Of a bar, at least; between a bar and its name. */
const BAR = 4;
const GAP = 4;

/** Pixels that the lanes take at each side of the picture. */
export interface LaneSpace {
  readonly above: number;
  readonly below: number;
  /** At the left and at the right. */
  readonly beside: number;
}

/** Columns have lanes above and below the picture, the lower ones with names; rows have lanes at both its sides. */
export function laneSpace(sights: readonly CaptionedSight[], names: Pick<Glyphs, 'height'>): LaneSpace {
  const count = (marks: 'column' | 'row') => sights.filter((sight) => sight.marks === marks).length;
  const columns = count('column');
  return { above: columns * BARE_LANE, below: columns * names.height, beside: count('row') * BARE_LANE };
}

/**
 * Draws the bars of columns and rows that are in the picture; 0 says that there is nothing to see.
 * @param picture where the picture lies on the canvas, with `laneSpace` around it, cleared.
 * @param scale how often it is magnified there.
 */
export function drawMarks(
  canvas: Canvas,
  picture: Rectangle,
  scale: number,
  sights: readonly CaptionedSight[],
  names: Glyphs,
): void {
  const lanes = laneSpace(sights, names);
  const thickness = Math.max(BAR, scale);
  const next = { column: 0, row: 0 };
  sights.forEach(({ name, number, marks }, index) => {
    if (!marks) return;
    const lane = next[marks]++;
    const isIn =
      number !== null && number > 0 && number * scale < (marks === 'column' ? picture.width : picture.height);
    if (!isIn) return;
    const colour = sightColour(index);
    // In the middle of the magnified pixel.
    const at = number * scale + Math.floor((scale - thickness) / 2);
    if (marks === 'column') {
      const left = picture.left + at;
      const top = picture.top - lanes.above + lane * BARE_LANE;
      const bottom = picture.top + picture.height + lane * names.height;
      fill(canvas, colour, { left, top, width: thickness, height: BARE_LANE });
      fill(canvas, colour, { left, top: bottom, width: thickness, height: names.height });
      const length = name.length * names.width;
      const isRoom = left + thickness + GAP + length <= picture.left + picture.width;
      drawText(canvas, names, name, isRoom ? left + thickness + GAP : Math.max(0, left - GAP - length), bottom, colour);
    } else {
      const top = picture.top + at;
      const left = picture.left - lanes.beside + lane * BARE_LANE;
      const right = picture.left + picture.width + lane * BARE_LANE;
      fill(canvas, colour, { left, top, width: BARE_LANE, height: thickness });
      fill(canvas, colour, { left: right, top, width: BARE_LANE, height: thickness });
    }
  });
}
