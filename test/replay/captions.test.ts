import { describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { createCanvas } from '../../src/replay/canvas.js';
import { type CaptionedSight, captionWriter } from '../../src/replay/captions.js';
import { recordedGame } from '../../src/replay/game-facts.js';
import { createOverlay } from '../../src/replay/overlay.js';
import { drawMarks, sightColour } from '../../src/replay/sight-marks.js';

const env = {} as Parameters<typeof captionWriter>[0]['env'];
const spaceInvaders = captionWriter({ game: recordedGame(loadGame('spaceinvaders')), env });
const told = (raw: string | null) => ({ step: 5, executed: 3, reward: 10, raw });

describe('a caption', () => {
  it('tells the action by its name and what the answer says was seen', () => {
    expect(spaceInvaders(told('[80,95,0]left'), 30)).toEqual({
      step: 5,
      action: 'left',
      reward: 10,
      score: 30,
      sights: [
        { name: 'cannon', marks: 'column', number: 80 },
        { name: 'stand', marks: 'column', number: 95 },
        { name: 'bomb', marks: 'column', number: 0 },
      ],
    });
  });

  it.each([null, '', 'left', '[80,95]left', '[a,b,c]left'])('has no numbers from an answer like %j', (raw) => {
    expect(spaceInvaders(told(raw), 0).sights.map(({ number }) => number)).toEqual([null, null, null]);
  });

  it('keeps a place for each sight before the first decision, so that all pictures are of one size', () => {
    expect(spaceInvaders(null, 0)).toMatchObject({ step: 0, action: null, reward: null, sights: [{}, {}, {}] });
  });

  it('has no sights in a game that asks for none', () => {
    const write = captionWriter({ game: recordedGame(loadGame('carracing')), env });
    expect(write(told('[80,95,0]left'), 0).sights).toEqual([]);
  });

  it('does not mark numbers of which the record does not say what they are', () => {
    const { name, config } = recordedGame(loadGame('spaceinvaders'));
    const older = { name, config: { ...config, sights: [{ name: 'cannon', description: 'its column' }] } };
    expect(captionWriter({ game: older, env })(told('[80]left'), 0).sights).toEqual([{ name: 'cannon', number: 80 }]);
  });
});

/** Where a canvas of 40 × 60, a picture of 20 × 20 magnified twice from its row 10 on, has the first sight's colour. */
function marked(sight: CaptionedSight): string[] {
  const canvas = createCanvas(40, 60);
  drawMarks(canvas, { left: 0, top: 10, width: 40, height: 40 }, 2, [sight]);
  const [red, green, blue] = sightColour(0);
  return Array.from({ length: 40 * 60 }, (_, at) => at)
    .filter(
      (at) => canvas.data[3 * at] === red && canvas.data[3 * at + 1] === green && canvas.data[3 * at + 2] === blue,
    )
    .map((at) => `${at % 40},${Math.floor(at / 40)}`);
}

describe('marks', () => {
  it('stand at both edges, as wide as a pixel of the picture', () => {
    const columns = ['24,10', '25,10', '24,11', '25,11', '24,48', '25,48', '24,49', '25,49'];
    expect(marked({ name: 'x', number: 12, marks: 'column' })).toEqual(columns);
    const rows = ['0,34', '1,34', '38,34', '39,34', '0,35', '1,35', '38,35', '39,35'];
    expect(marked({ name: 'y', number: 12, marks: 'row' })).toEqual(rows);
  });

  it.each([
    ['0', { name: 'x', number: 0, marks: 'column' }],
    ['nothing', { name: 'x', number: null, marks: 'column' }],
    ['a column beside the picture', { name: 'x', number: 20, marks: 'column' }],
    ['a row below the picture', { name: 'x', number: 20, marks: 'row' }],
    ['a number that is no place', { name: 'x', number: 12 }],
  ] as const)('leave out %s', (_what, sight) => {
    expect(marked(sight)).toEqual([]);
  });
});

describe('the strip of a game with sights', () => {
  const space = { width: 320, height: 200, scale: 2 };
  const drawn = async (number: number | null) => {
    const overlay = await createOverlay({ ...space, sights: 1 }, 'below');
    const canvas = createCanvas(320, 200 + overlay.addedHeight);
    overlay.draw(canvas, { step: 1, action: 'left', reward: 0, score: 0, sights: [{ name: 'cannon', number }] });
    return { overlay, canvas };
  };

  it('has a second line, which shows the number', async () => {
    const plain = await createOverlay({ ...space, sights: 0 }, 'below');
    const [none, some] = [await drawn(null), await drawn(80)];
    expect(none.overlay.addedHeight).toBeGreaterThan(1.6 * plain.addedHeight);
    expect(none.canvas.data).not.toEqual(some.canvas.data);
    const firstLine = (200 + plain.addedHeight) * 320 * 3;
    expect(none.canvas.data.subarray(0, firstLine)).toEqual(some.canvas.data.subarray(0, firstLine));
  });
});
