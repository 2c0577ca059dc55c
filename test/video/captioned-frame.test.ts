import { describe, expect, it } from 'vitest';
import { type Canvas, createCanvas, type Rectangle } from '../../src/video/canvas.js';
import { CaptionedFrame, type OverlayPlacement } from '../../src/video/captioned-frame.js';
import type { Caption, CaptionedSight } from '../../src/video/captions.js';
import { drawGlyphs } from '../../src/video/glyphs.js';
import { drawMarks, laneSpace, sightColour } from '../../src/video/sight-marks.js';

const CAPTION: Caption = {
  ...{ game: 'Fake', policy: 'someone', seed: 7, step: 12, action: 'left', answer: '"left"', trouble: null },
  ...{ reward: -0.4, score: 100, sights: [], actions: ['stay', 'left', 'right'], executed: 1, scores: null, view: [] },
};
const SIGHTS: readonly CaptionedSight[] = [
  { name: 'cannon', number: 30, marks: 'column' },
  { name: 'stand', number: 30, marks: 'column' },
  { name: 'depth', number: 10, marks: 'row' },
];
const SIZE = { width: 200, height: 60, scale: 2 };

/** A picture in which every pixel is its own. */
function noise(width: number, height: number, seed = 1): Canvas {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 31 + seed * 7) % 251);
  return { width, height, data };
}

/** The pixels of a part, one channel after the other. */
function cut({ data, width }: Canvas, area: Rectangle): number[] {
  const rows = Array.from({ length: area.height }, (_, y) => ((area.top + y) * width + area.left) * 3);
  return rows.flatMap((from) => [...data.subarray(from, from + area.width * 3)]);
}

/** What a picture magnified twice looks like. */
function doubled(picture: Canvas): number[] {
  const at = (x: number, y: number) => [...picture.data.subarray((y * picture.width + x) * 3).subarray(0, 3)];
  const rows = Array.from({ length: picture.height }, (_, y) =>
    Array.from({ length: picture.width }, (_, x) => [...at(x, y), ...at(x, y)]).flat(),
  );
  return rows.flatMap((row) => [...row, ...row]);
}

const drawn = async (caption: Caption, placement: OverlayPlacement = 'below') => {
  const frame = await CaptionedFrame.create(SIZE, caption, placement);
  const picture = noise(SIZE.width, SIZE.height);
  frame.draw(picture, caption);
  return { frame, picture };
};

describe('a picture with its explanation', () => {
  it.each([
    ['text below', {}, 'below'],
    ['text above', {}, 'above'],
    ['marks', { sights: SIGHTS }, 'below'],
    ['an answer without end', { answer: 'x'.repeat(5000), policy: 'y'.repeat(500), game: 'z'.repeat(500) }, 'above'],
    ['scores', { scores: { kind: 'chances', numbers: [0.2, 0.8, 0] } }, 'below'],
    ['what the policy saw', { view: [noise(48, 48), noise(48, 48, 2)] }, 'below'],
    ['more pictures than there is room for', { view: Array.from({ length: 9 }, () => noise(96, 96)) }, 'above'],
  ] as const)('has the game untouched beside %s', async (_what, change, placement) => {
    const { frame, picture } = await drawn({ ...CAPTION, ...change }, placement);
    expect(cut(frame.canvas, frame.picture)).toEqual(doubled(picture));
    expect([frame.canvas.width % 2, frame.canvas.height % 2]).toEqual([0, 0]);
  });

  it('stays untouched when the next decision is drawn', async () => {
    const { frame } = await drawn({ ...CAPTION, sights: SIGHTS });
    const next = noise(SIZE.width, SIZE.height, 5);
    frame.draw(next, { ...CAPTION, sights: SIGHTS.map((sight) => ({ ...sight, number: 3 })), step: 13 });
    expect(cut(frame.canvas, frame.picture)).toEqual(doubled(next));
  });

  it.each([
    ['game', { game: 'Other' }],
    ['policy', { policy: 'other' }],
    ['seed', { seed: 8 }],
    ['decision', { step: 13 }],
    ['action', { action: 'right' }],
    ['answer', { answer: '"right"' }],
    ['trouble', { trouble: 'asked 2 times' }],
    ['reward', { reward: 0.4 }],
    ['score', { score: 100.5 }],
    ['action that is lit', { executed: 2 }],
    ['scores', { scores: { kind: 'chances', numbers: [0, 1, 0] } }],
  ] as const)('shows the %s', async (_name, change) => {
    const [before, after] = [await drawn(CAPTION), await drawn({ ...CAPTION, ...change })];
    expect(after.frame.canvas.height).toBe(before.frame.canvas.height);
    expect(after.frame.canvas.data).not.toEqual(before.frame.canvas.data);
  });

  it('forgets the caption from before', async () => {
    const { frame } = await drawn({ ...CAPTION, sights: SIGHTS, answer: 'long '.repeat(9), step: 88888 });
    const caption = { ...CAPTION, sights: SIGHTS.map((sight) => ({ ...sight, number: null })) };
    frame.draw(noise(SIZE.width, SIZE.height), caption);
    expect(frame.canvas.data).toEqual((await drawn(caption)).frame.canvas.data);
  });

  it('stands in the middle where it is too narrow for text', async () => {
    const frame = await CaptionedFrame.create({ width: 40, height: 30, scale: 1 }, CAPTION, 'below');
    expect(frame.picture).toEqual({ left: 140, top: 0, width: 40, height: 30 });
    expect(frame.canvas.width).toBe(320);
  });

  it('is darkened when the episode is over, and said to be over', async () => {
    const { frame, picture } = await drawn(CAPTION);
    const before = frame.canvas.data.slice();
    frame.draw(picture, CAPTION, true);
    const pixel = (frame.picture.top * frame.canvas.width + frame.picture.left) * 3 + 30;
    expect(frame.canvas.data[pixel]).toBeLessThan((before[pixel] as number) * 0.6);
    const text = (frame.picture.top + frame.picture.height) * frame.canvas.width * 3;
    expect(frame.canvas.data.subarray(text)).not.toEqual(before.subarray(text));
  });

  it('holds the pictures of the policy pixel by pixel, magnified by a whole number', async () => {
    const view = [noise(96, 96), noise(96, 96, 9)];
    const { frame } = await drawn({ ...CAPTION, view });
    const found = view.map((picture) => placesOf(frame.canvas, doubled(picture), 192));
    expect(found.map(({ length }) => length)).toEqual([1, 1]);
  });
});

/** Where a part of `side` × `side` pixels lies. */
function placesOf(canvas: Canvas, part: readonly number[], side: number): string[] {
  const places: string[] = [];
  for (let top = 0; top + side <= canvas.height; top++) {
    for (let left = 0; left + side <= canvas.width; left++) {
      const at = (top * canvas.width + left) * 3;
      const isStart = part.slice(0, 24).every((value, index) => canvas.data[at + index] === value);
      if (!isStart) continue;
      if (`${cut(canvas, { left, top, width: side, height: side })}` === `${part}`) places.push(`${left},${top}`);
    }
  }
  return places;
}

describe('marks', () => {
  const PICTURE = { left: 30, top: 40, width: 80, height: 60 };

  /** Where a canvas has the colour of a sight, by row and column; names are drawn elsewhere in it too. */
  async function marked(sights: readonly CaptionedSight[], place: number): Promise<{ x: number; y: number }[]> {
    const names = await drawGlyphs(10, 'regular');
    const canvas = createCanvas(160, 160);
    drawMarks(canvas, PICTURE, 2, sights, names);
    const colour = sightColour(place);
    return Array.from({ length: 160 * 160 }, (_, at) => at)
      .filter((at) => colour.every((value, channel) => canvas.data[3 * at + channel] === value))
      .map((at) => ({ x: at % 160, y: Math.floor(at / 160) }));
  }

  const bar = (at: number): number[] => [at - 1, at, at + 1, at + 2];
  const within = (x: number, y: number): boolean => x >= 30 && x < 110 && y >= 40 && y < 100;

  it('of a column stand level with it above and below the picture', async () => {
    const points = await marked([{ name: 'x', number: 12, marks: 'column' }], 0);
    const top = points.filter(({ y }) => y < 40);
    expect([...new Set(top.map(({ x }) => x))]).toEqual(bar(30 + 24));
    expect(points.filter(({ x, y }) => within(x, y))).toEqual([]);
    expect(bar(54).every((x) => points.some((point) => point.x === x && point.y === 100))).toBe(true);
  });

  it('of a row stand level with it at both sides', async () => {
    const points = await marked([{ name: 'y', number: 12, marks: 'row' }], 0);
    expect([...new Set(points.map(({ y }) => y))]).toEqual(bar(40 + 24));
    expect(new Set(points.map(({ x }) => (x < 30 ? 'left' : x >= 110 ? 'right' : 'in')))).toEqual(
      new Set(['left', 'right']),
    );
  });

  it('of one and the same place are all seen, each in a lane of its own', async () => {
    const same = ['a', 'b', 'c'].map((name) => ({ name, number: 12, marks: 'column' }) as const);
    const alone = await marked([same[0] as CaptionedSight], 0);
    for (const place of [0, 1, 2]) {
      const points = await marked(same, place);
      expect(points.filter(({ y }) => y < 40)).toHaveLength(alone.filter(({ y }) => y < 40).length);
      expect(points.filter(({ y }) => y >= 100).length).toBeGreaterThan(30);
    }
    const names = await drawGlyphs(10, 'regular');
    expect(laneSpace(same, names)).toEqual({ above: 24, below: 3 * names.height, beside: 0 });
  });

  it.each([
    ['0', { name: 'x', number: 0, marks: 'column' }],
    ['nothing', { name: 'x', number: null, marks: 'column' }],
    ['a column beside the picture', { name: 'x', number: 40, marks: 'column' }],
    ['a row below the picture', { name: 'x', number: 30, marks: 'row' }],
    ['a number that is no place', { name: 'x', number: 12 }],
  ] as const)('leave out %s', async (_what, sight) => {
    expect(await marked([sight], 0)).toEqual([]);
  });
});
