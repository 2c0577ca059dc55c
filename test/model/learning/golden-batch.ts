/** The batch that the reference trained on. */
import type { TrainingBatch } from '../../../src/model/learning/prepared-batch.js';
import type { Golden } from '../network/golden.js';

/** The first golden prompt with its pictures; its last tokens are the answer. */
export function goldenBatch({
  prompts,
  tensors,
  images,
  answer,
}: Golden): TrainingBatch & { readonly pixels: Float32Array } {
  const [tokens] = prompts as [number[]];
  const pixels = tensors.get('pixels')!;
  const ofFirst = (pixels.data.length / (pixels.shape[0] as number)) * (images[0] as number);
  return {
    rows: [{ prompt: tokens.slice(0, -answer), answers: [tokens.slice(-answer)] }],
    pixels: pixels.data.slice(0, ofFirst),
  };
}
