/** What a decoder is asked behind a picture whose patches say what is right, as a projector that has learnt would. */
import * as tf from '@tensorflow/tfjs';
import { layOut } from '../../../src/model/sequence/layout.js';
import type { DrawnScene } from '../../../src/training/pictures/index.js';
import type { Beginning } from '../../../src/training/pvp/continue-each.js';
import type { Answerer } from '../../../src/training/pvp/index.js';
import type { PatchContent } from '../../../src/training/start/patch-content.js';
import { RowBuilder } from '../../../src/training/tasks/row-builder.js';

/** The prompt with the picture and the first token of what is asked; `given` is the rest of that. */
export function beginningOf(
  { network, tokenizer }: Answerer,
  content: PatchContent,
  drawn: DrawnScene,
  { prompt, asked }: { readonly prompt: string; readonly asked: string },
): { beginning: Beginning; given: number[] } {
  const [first, ...given] = tokenizer.encode(asked) as [number, ...number[]];
  const before = new RowBuilder(tokenizer, network.image).prompt(prompt);
  const cache = tf.tidy(() => {
    const features = tf.tensor2d(content.withThings([drawn]), [144, content.size]);
    return network.run(layOut([{ prompt: before, branches: [] }]), features).cache;
  });
  const dispose = () => {
    for (const { key, value } of cache) tf.dispose([key, value]);
  };
  return { beginning: { last: [first], past: before.length, cache, [Symbol.dispose]: dispose }, given };
}
