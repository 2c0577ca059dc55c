import { describe, expect, it } from 'vitest';
import { createCanvas, darken, drawMagnified, drawText } from '../../src/video/canvas.js';
import { formatChance, formatNumber, shorten } from '../../src/video/format-text.js';
import { drawGlyphs } from '../../src/video/glyphs.js';

const WHITE = [255, 255, 255] as const;

describe('magnifying', () => {
  it('makes squares of exactly the pixels that were there', () => {
    const picture = { width: 2, height: 2, data: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) };
    const canvas = createCanvas(6, 7);
    drawMagnified(canvas, picture, 3, 1);
    const at = (x: number, y: number) => [...canvas.data.subarray((y * 6 + x) * 3, (y * 6 + x) * 3 + 3)];
    expect(at(0, 0)).toEqual([0, 0, 0]);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) {
        const source = (Math.floor(y / 3) * 2 + Math.floor(x / 3)) * 3;
        expect(at(x, y + 1)).toEqual([...picture.data.subarray(source, source + 3)]);
      }
    }
  });

  it('leaves a picture as it is at a scale of one, in a wider canvas too', () => {
    const picture = { width: 1, height: 2, data: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
    const canvas = createCanvas(2, 2);
    drawMagnified(canvas, picture, 1, 0);
    expect([...canvas.data]).toEqual([1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0]);
    drawMagnified(canvas, picture, 1, 0, 1);
    expect([...canvas.data]).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
  });
});

describe('text', () => {
  it('is drawn from cells of one width, each character its own', async () => {
    const glyphs = await drawGlyphs(18, 'bold');
    const seen = new Set<string>();
    for (const character of 'abcXYZ0123456789+−.…–|_') {
      const coverage = glyphs.coverage(character);
      expect(coverage, character).toHaveLength(glyphs.width * glyphs.height);
      expect(
        coverage?.some((share) => share > 200),
        character,
      ).toBe(true);
      seen.add(String(coverage));
    }
    expect(seen.size).toBe(23);
  });

  it.each([9, 10, 11, 12, 15, 18, 19, 21, 25, 30, 40])('of %i pixels has nothing in its space', async (pixels) => {
    for (const weight of ['regular', 'bold'] as const) {
      const space = (await drawGlyphs(pixels, weight)).coverage(' ');
      expect(
        space?.every((share) => share === 0),
        weight,
      ).toBe(true);
    }
  });

  it('takes what it lacks as a question mark and stays in the picture', async () => {
    const glyphs = await drawGlyphs(12, 'regular');
    const unknown = createCanvas(60, 30);
    const question = createCanvas(60, 30);
    drawText(unknown, glyphs, '漢'.repeat(40), 3, 20, WHITE);
    drawText(question, glyphs, '?'.repeat(40), 3, 20, WHITE);
    expect(unknown.data).toEqual(question.data);
    expect(unknown.data.some((value) => value > 0)).toBe(true);
  });

  it('blends: half of white over grey lies between', () => {
    const canvas = createCanvas(1, 1);
    canvas.data.fill(100);
    const glyphs = { width: 1, height: 1, coverage: () => Uint8Array.of(128) };
    drawText(canvas, glyphs, 'x', 0, 0, WHITE);
    expect([...canvas.data]).toEqual([178, 178, 178]);
    darken(canvas, { left: 0, top: 0, width: 1, height: 1 }, 0.5);
    expect([...canvas.data]).toEqual([89, 89, 89]);
  });
});

it.each([
  [0, 1, '0'],
  [12, 2, '12'],
  [-0.4, 2, '−0.40'],
  [812.345, 1, '812.3'],
  [-1e12, 1, '−1.00e+12'],
])('writes %f as people do', (value, digits, text) => {
  expect(formatNumber(value, digits)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.001, '<1 %'],
  [0.454, '45 %'],
  [0.996, '>99 %'],
  [1, '100 %'],
])('writes a chance of %f without making it certain', (chance, text) => {
  expect(formatChance(chance)).toBe(text);
});

it('cuts what is too long and says so', () => {
  expect([shorten('left+fire', 9), shorten('left+fire', 8), shorten('x', 0)]).toEqual(['left+fire', 'left+fi…', '…']);
});
