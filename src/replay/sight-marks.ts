/**
 * Marks what a player says it sees: short bars at two edges of the picture, so that nothing between them is hidden.
 */
import type { Canvas, Colour, Rectangle } from './canvas.js';
import type { CaptionedSight } from './captions.js';

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

/** Length of a bar as a share of the side that it lies along. */
const LENGTH = 1 / 20;

/**
 * Draws the bars of columns and rows that are in the picture; 0 says that there is nothing to see.
 * @param picture where the picture lies on the canvas.
 * @param scale how often it is magnified there.
 */
export function drawMarks(canvas: Canvas, picture: Rectangle, scale: number, sights: readonly CaptionedSight[]): void {
  const { left, top, width, height } = picture;
  sights.forEach(({ number, marks }, index) => {
    if (!number || !marks) return;
    const colour = sightColour(index);
    const at = number * scale;
    if (marks === 'column' && at < width) {
      const length = Math.ceil(height * LENGTH);
      const bar = { left: left + at, width: scale, height: length };
      paint(canvas, { ...bar, top }, colour);
      paint(canvas, { ...bar, top: top + height - length }, colour);
    }
    if (marks === 'row' && at < height) {
      const length = Math.ceil(width * LENGTH);
      const bar = { top: top + at, width: length, height: scale };
      paint(canvas, { ...bar, left }, colour);
      paint(canvas, { ...bar, left: left + width - length }, colour);
    }
  });
}

function paint({ width, data }: Canvas, area: Rectangle, colour: Colour): void {
  for (let y = area.top; y < area.top + area.height; y++) {
    for (let x = area.left; x < area.left + area.width; x++) data.set(colour, (y * width + x) * 3);
  }
}
