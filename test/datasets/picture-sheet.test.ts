/** The sheet shows stored frames as they are, with its text around them and never on them. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { Dataset } from '../../src/datasets/index.js';
import { makePictureSheet } from '../../src/datasets/picture-sheet.js';
import { singleShardName, writeShard } from '../../src/datasets/shard-files.js';
import { fakeEpisode, newDataset } from './support/episodes.js';

it('holds the frames pixel by pixel, magnified, between lines of text', async () => {
  const folder = await newDataset([1, 2]);
  for (const number of [0, 1])
    await writeShard(folder, singleShardName(number), await fakeEpisode(number, number + 1, 4));
  using dataset = await Dataset.open(folder);
  const { data, info } = await sharp(await makePictureSheet(dataset, { rows: 2, columns: 2 }))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { height, width, channels } = dataset.frameShape;
  const scale = Math.round(192 / width);
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)];
  const shown = dataset.frame(dataset.step(dataset.episodes[1]!.firstStep).frame).data;
  // The second episode's first moment: where its first row is, is a matter of the text above it.
  const isThere = (left: number, top: number): boolean =>
    Array.from({ length: height * width }, (_, i) => i).every((i) => {
      const [x, y] = [left + (i % width) * scale, top + Math.floor(i / width) * scale];
      const expected = [...shown.subarray(i * channels, (i + 1) * channels)];
      return [0, scale - 1].every((corner) => `${at(x + corner, y + corner)}` === `${expected}`);
    });
  const tops = Array.from({ length: info.height - height * scale }, (_, top) => top).filter((top) => isThere(4, top));
  expect(tops).toHaveLength(1);
  // Four lines of caption and the first episode's row lie above.
  expect(tops[0]).toBeGreaterThan(height * scale + 2 * 22 + 50);
});
