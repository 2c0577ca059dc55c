/** The other end of `ThreadedBatches`: what a thread that makes batches does. */
import { parentPort } from 'node:worker_threads';
import type { TrainingBatch } from '../model/learning/index.js';

/** Answers each step's number with the step's batches, or with why there are none. */
export function serveBatches<Tools>(
  tools: Promise<Tools>,
  make: (step: number, tools: Tools) => readonly TrainingBatch[] | Promise<readonly TrainingBatch[]>,
): void {
  // Until the first question asks for it, a failure to open has nobody to tell.
  tools.catch(() => undefined);
  parentPort?.on('message', async (step: number) => {
    try {
      const batches = await make(step, await tools);
      const buffers = batches.flatMap(({ pixels }) =>
        pixels instanceof Float32Array ? [pixels.buffer as ArrayBuffer] : [],
      );
      parentPort?.postMessage({ step, batches }, buffers);
    } catch (error) {
      const { code, message, details } = error as { code?: string; message: string; details?: object };
      parentPort?.postMessage({ step, error: { code, message, details: { ...details, cause: undefined } } });
    }
  });
}
