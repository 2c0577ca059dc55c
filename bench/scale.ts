/**
 * What things cost as they grow: emulators side by side (1 to 256, in one process and in one for each core), the length
 * of a prompt, and the size of a model, up to a LLaVA of 7 billion parameters, which is worked out and not run. A kept
 * run is shown as plots. A point of them is measured once, so it is as steady as the machine.
 */
import type { BenchmarkRow } from './benchmark.js';
import { environmentRows } from './scale/environments.js';
import { promptRows } from './scale/prompts.js';
import { sizeRows } from './scale/sizes.js';

export default async function measure(): Promise<BenchmarkRow[]> {
  return [...(await environmentRows()), ...(await promptRows()), ...(await sizeRows())];
}
