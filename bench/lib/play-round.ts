/** Playing through the bridge against the clock. */
import { isLast } from '../../src/core/index.js';
import { unwrapStep, type VectorEnv } from '../../src/env-bridge/index.js';

/** Seconds that the decisions of a round take; episodes that end begin again, as they do in in_process.py. */
export async function playRound(
  envs: VectorEnv,
  seeds: readonly number[],
  decisions: readonly (readonly number[])[],
): Promise<number> {
  const next = [...seeds];
  for (const step of await envs.reset(seeds)) unwrapStep(step);
  const began = performance.now();
  for (const actions of decisions) {
    const steps = await envs.step(actions);
    const ended = steps.flatMap((step, env) => (isLast(unwrapStep(step)) ? [env] : []));
    if (ended.length === 0) continue;
    for (const env of ended) next[env] = (next[env] as number) + 1000;
    await envs.reset(
      ended.map((env) => next[env] as number),
      { envs: ended },
    );
  }
  return (performance.now() - began) / 1000;
}
