/** The thread that makes batches: answers each step's number with the step's batches. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBatchTools } from './batch-tools.js';
import type { Recipe } from './recipe.js';
import { stepBatches } from './step-batches.js';

const { recipe, folder } = workerData as { recipe: Recipe; folder: string };
const tools = openBatchTools(recipe, folder);
// Until the first question asks for it, a failure to open has nobody to tell.
tools.catch(() => undefined);

parentPort?.on('message', async (step: number) => {
  try {
    const batches = stepBatches(recipe, step, await tools);
    const buffers = batches.flatMap(({ pixels }) =>
      pixels instanceof Float32Array ? [pixels.buffer as ArrayBuffer] : [],
    );
    parentPort?.postMessage({ step, batches }, buffers);
  } catch (error) {
    const { code, message, details } = error as { code?: string; message: string; details?: object };
    parentPort?.postMessage({ step, error: { code, message, details: { ...details, cause: undefined } } });
  }
});
