/** Datasets in Minari's layout: HDF5 with whole pictures, written by `agent_data` in Python. */
import { stopIfCancelled } from '../cancellation.js';
import { minariCard } from '../card.js';
import type { Dataset } from '../dataset.js';
import { datasetName } from '../dataset-name.js';
import { inPieces } from '../in-pieces.js';
import type { DatasetEpisode } from '../schema.js';
import { writeCompanion } from './companion.js';
import { type ExportOptions, requireSteps } from './export-options.js';
import { makeWholeFolder, writeInto } from './new-folder.js';
import { startDataProcess } from './python-pipe.js';

/** Of pictures that go to Python at a time. */
const SENT_BYTES = 2 ** 20;

/**
 * Writes the export and resolves to its folder, which is there whole or not at all.
 * Rejects with `usage` where the folder is not empty or there is nothing to export, `setup` without h5py.
 */
export async function exportMinari(dataset: Dataset, { out, signal, onEpisode }: ExportOptions): Promise<string> {
  requireSteps(dataset, out);
  return makeWholeFolder(out, async (folder) => {
    const id = `${dataset.game}/${datasetName(dataset)}-v0`;
    await using writer = startDataProcess(['write', folder], out, signal);
    await writer.send(`${JSON.stringify(headerOf(dataset, id))}\n`);
    for (const [number, episode] of dataset.episodes.entries()) {
      stopIfCancelled(signal);
      const { seed, steps, firstFrame } = episode;
      await writer.send(`${JSON.stringify({ number, seed, steps })}\n`);
      await writer.send(numbersOf(dataset, episode));
      const frames = function* () {
        for (let frame = 0; frame <= steps; frame++) yield dataset.frame(firstFrame + frame).data;
      };
      for await (const piece of inPieces(frames(), SENT_BYTES)) await writer.send(piece);
      onEpisode?.(number + 1, dataset.episodes.length);
    }
    await writer.finish();
    await writeCompanion(dataset, folder);
    await writeInto(folder, 'README.md', minariCard(dataset, id));
  });
}

function headerOf(dataset: Dataset, id: string): object {
  const { height, width, channels } = dataset.frameShape;
  const [{ description }] = dataset.sources as [Dataset['sources'][number]];
  const { kwargs = {} } = description.emulator as { kwargs?: object };
  return {
    id,
    env: description.env,
    kwargs,
    shape: [height, width, channels],
    actions: dataset.actions,
    stack: dataset.stackSize,
    player: description.driver.id,
    description: `${dataset.game}, driven by ${description.driver.id}, labelled by ${description.labeller.id}`,
  };
}

/** A row of doubles a decision: `minari_write.py` names the columns. */
function numbersOf(dataset: Dataset, { firstStep, firstFrame, steps }: DatasetEpisode): Uint8Array {
  const rows = Array.from({ length: steps }, (_, i) => {
    const step = dataset.step(firstStep + i);
    const { action, reward, terminated, truncated, label, isNoise, value, probabilities, stack } = step;
    const flags = [Number(terminated), Number(truncated), label, Number(isNoise), value ?? Number.NaN];
    const chances = probabilities ?? dataset.actions.map(() => Number.NaN);
    return [action, reward, ...flags, ...chances, ...stack.map((frame) => frame - firstFrame)];
  });
  return new Uint8Array(Float64Array.from(rows.flat()).buffer);
}
