/** Answers as text, and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePixels, meanAbsoluteError, signalToNoise } from '../../../src/training/pvp/picture-error.js';
import { type Colour, colourText, parseColour } from '../../../src/training/tasks/pixels.js';

const channel = fc.integer({ min: 0, max: 255 });
const colour = fc.tuple(channel, channel, channel);

describe('the parser of colours', () => {
  it('reads back every colour that is written', () => {
    fc.assert(
      fc.property(colour, (value) => {
        expect(parseColour(colourText(value))).toEqual({ ok: true, colour: value });
      }),
    );
  });

  it('refuses numbers beyond 255', () => {
    fc.assert(
      fc.property(colour, fc.integer({ min: 256 }), fc.integer({ min: 0, max: 2 }), (value, large, place) => {
        const wrong = value.with(place, large) as unknown as Colour;
        expect(parseColour(colourText(wrong))).toMatchObject({ ok: false, reason: 'range' });
      }),
    );
  });

  it('refuses a colour with anything taken away or put beside it', () => {
    fc.assert(
      fc.property(colour, fc.nat(), fc.constantFrom('0', ',', '[', ']', '-', 'x', '.'), (value, at, character) => {
        const text = colourText(value);
        expect(parseColour(`${text}${character}`)).toMatchObject({ ok: false, raw: `${text}${character}` });
        const punctuation = [...text].flatMap((mark, i) => (/\d/.test(mark) ? [] : [i]));
        const place = punctuation[at % punctuation.length] as number;
        expect(parseColour(text.slice(0, place) + text.slice(place + 1)).ok).toBe(false);
      }),
    );
  });

  it('refuses whatever text does not have the form, and never throws', () => {
    const form = /^\s*\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]\s*$/;
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!form.test(text)) expect(parseColour(text)).toEqual({ ok: false, reason: 'form', raw: text });
      }),
    );
  });
});

describe('errors of pixels', () => {
  it('are means over what was parsed, and count the rest', () => {
    const frame = {
      dtype: 'uint8' as const,
      shape: [1, 3, 3],
      data: Uint8Array.from([10, 20, 30, 0, 0, 0, 255, 255, 255]),
    };
    const places = [0, 1, 2].map((x) => ({ y: 0, x }));
    const errors = comparePixels(frame, places, ['[13,20,30]', '[0,6]', '[255,255,249]']);
    expect(errors).toMatchObject({ parsed: 2, unparsed: 1, absolute: [3, 0, 6] });
    expect(meanAbsoluteError(errors)).toBeCloseTo(9 / 6, 12);
    expect(signalToNoise(errors)).toBeCloseTo(10 * Math.log10(255 ** 2 / (45 / 6)), 12);
  });
});
