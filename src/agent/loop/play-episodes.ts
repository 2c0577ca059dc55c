/**
 * The agent loop. Episodes run side by side on the slots of an environment; each round asks the policy once about all
 * of a group of them and steps them together. What happens to one episode (an emulator's failure, a full disk) ends
 * that one.
 */
import { AgentError, type NdArray, type TimeStep } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { requireSameActions } from '../game/same-actions.js';
import type { Policy } from '../policy.js';
import { cancelled } from './ask-policy.js';
import { type Clock, requireClock } from './clock.js';
import { comingSteps } from './coming-steps.js';
import { decide, type Verdict } from './decide.js';
import type { EpisodeBegin, EpisodeEnd, EpisodeEnvironments, EpisodePlan } from './episode.js';
import { type EpisodeSource, isList, sourceOf } from './episode-source.js';
import { requireNeeds } from './needs.js';
import { DEFAULT_PATIENCE, type Patience } from './patience.js';
import { RunningEpisode } from './running-episode.js';
import { type Acting, isOngoing, type SlotGroup, slotGroups } from './slot-groups.js';

export interface PlayOptions<T extends TimeStep<NdArray> = TimeStep<NdArray>> {
  readonly game: Game;
  /** Stays the caller's to dispose of. */
  readonly policy: Policy;
  readonly environments: EpisodeEnvironments<T>;
  /** All of them, or a source that they come from one by one. */
  readonly episodes: readonly EpisodePlan<T>[] | EpisodeSource<T>;
  /** Decisions after which an episode is `stopped`. */
  readonly maxDecisions?: number;
  /** Milliseconds that the policy has for a round; later answers count as timeouts. */
  readonly decisionTimeoutMs?: number;
  /**
   * How long a policy's service that is out of reach is waited for before the episode fails; half a minute by default.
   */
  readonly patience?: Patience;
  /** The paused clock where left out. On another one episodes are asked one at a time: no thought takes another's. */
  readonly clock?: Clock;
  /** Ends all episodes as `cancelled`; their observers are told the end. */
  readonly signal?: AbortSignal;
}

/**
 * Plays all episodes and resolves to how they ended, in the order they were asked for; of a source to nothing, its
 * episodes' observers are told. An episode's trouble is in its
 * end and its `error`; this rejects only for wrong use (`usage`, `config`).
 */
export async function playEpisodes<T extends TimeStep<NdArray>>(options: PlayOptions<T>): Promise<EpisodeEnd[]> {
  checkOptions(options);
  const { episodes } = options;
  const source = sourceOf(episodes);
  const groups = slotGroups<T>(options);
  const ends = new Map<string, EpisodeEnd>();
  for (let turn = 0; ; turn++) {
    const group = groups[turn % groups.length] as SlotGroup<T>;
    await finishRound(group, options);
    const over = group.takeOver();
    await Promise.all(
      over.map(async (episode) => {
        const end = await endEpisode(episode, options);
        if (isList(episodes)) ends.set(episode.plan.id, end);
      }),
    );
    group.free.push(...over.map(({ slot }) => slot));
    const isIdle = groups.every(({ running }) => running.length === 0);
    const plans = group.free.length === 0 ? [] : await source.take(group.free.length, isIdle);
    if (isIdle && plans.length === 0) break;
    const starting = plans.map((plan) => new RunningEpisode(plan, group.free.shift() as number, options.game));
    await startEpisodes(starting, options);
    group.running.push(...starting);
    await beginRound(group, options);
  }
  return isList(episodes) ? episodes.map(({ id }) => ends.get(id) as EpisodeEnd) : [];
}

/** Plays one episode; see `playEpisodes`. */
export async function playEpisode<T extends TimeStep<NdArray>>(
  options: Omit<PlayOptions<T>, 'episodes'> & { readonly episode: EpisodePlan<T> },
): Promise<EpisodeEnd> {
  const { episode, ...others } = options;
  const [end] = await playEpisodes<T>({ ...others, episodes: [episode] });
  return end as EpisodeEnd;
}

/** Tells observers and policy, then resets all new episodes in one call. */
async function startEpisodes<T extends TimeStep<NdArray>>(
  starting: readonly RunningEpisode<T>[],
  options: PlayOptions<T>,
): Promise<void> {
  if (options.signal?.aborted || starting.length === 0) return;
  await Promise.all(starting.map((episode) => beginEpisode(episode, options)));
  const ready = starting.filter(isOngoing);
  if (ready.length === 0) return;
  const requests = ready.map(({ slot, plan }) => ({ slot, seed: plan.seed }));
  const { results, milliseconds } = await timed(() =>
    answered(() => options.environments.reset(requests, signalOf(options)), ready),
  );
  await Promise.all(
    ready.map(async (episode, i) => {
      const result = results[i] as PromiseSettledResult<T>;
      if (result.status === 'rejected') episode.fail(result.reason, 'env_failure');
      else await episode.reset(result.value, milliseconds);
    }),
  );
}

async function beginEpisode<T extends TimeStep<NdArray>>(
  episode: RunningEpisode<T>,
  options: PlayOptions<T>,
): Promise<void> {
  const { policy, game, environments } = options;
  const { id, seed } = episode.plan;
  const begin: EpisodeBegin = {
    episode: id,
    seed,
    env: environments.spec,
    game,
    policy: { id: policy.id, provenance: policy.provenance ?? {} },
    maxDecisions: options.maxDecisions ?? null,
    ...(options.clock == null ? {} : { clock: options.clock }),
  };
  await episode.start(begin);
  if (!isOngoing(episode)) return;
  try {
    await policy.begin({ episode: id, seed, env: environments.spec, game });
  } catch (error) {
    episode.fail(error, 'policy_failure');
  }
}

/** Asks where nothing is to come yet, and sends every episode's next action to its emulator. */
async function beginRound<T extends TimeStep<NdArray>>(group: SlotGroup<T>, options: PlayOptions<T>): Promise<void> {
  const episodes = group.running.filter(isOngoing);
  if (options.signal?.aborted || episodes.length === 0) return;
  const asked = episodes.filter((episode) => !episode.hasComing);
  // On the real clock nobody's thought may take another's time.
  for (const batch of options.clock == null ? [asked] : asked.map((episode) => [episode])) {
    if (batch.length > 0) await askAbout(batch, options);
  }
  const acting: Acting<T>[] = [];
  for (const episode of episodes) {
    const coming = isOngoing(episode) ? episode.takeComing() : undefined;
    if (coming) acting.push({ episode, ...coming });
  }
  if (acting.length === 0) return;
  const requests = acting.map(({ episode, decision }) => ({ slot: episode.slot, action: decision.executed }));
  group.flight = { acting, answer: answered(() => options.environments.step(requests, signalOf(options)), acting) };
}

/** Takes in what came of the group's last actions, where any are under way. */
async function finishRound<T extends TimeStep<NdArray>>(group: SlotGroup<T>, options: PlayOptions<T>): Promise<void> {
  const { signal, maxDecisions = Infinity } = options;
  const { flight } = group;
  group.flight = undefined;
  if (flight) {
    const { results, milliseconds } = await timed(() => flight.answer);
    await Promise.all(
      flight.acting.map(async ({ episode, decision, policyMs }, i) => {
        const result = results[i] as PromiseSettledResult<T>;
        if (result.status === 'rejected') episode.fail(result.reason, 'env_failure');
        else await episode.advance(decision, result.value, { policyMs, emulatorMs: milliseconds });
        if (episode.counters.decisions >= maxDecisions) {
          episode.settle({ status: 'stopped', reason: `the limit of ${maxDecisions} decisions was reached` });
        }
      }),
    );
  }
  if (signal?.aborted) {
    for (const episode of group.running) episode.settle({ status: 'cancelled', error: cancelled(signal) });
  }
}

/** Asks the policy about all these episodes at once; each then knows its next steps, or its end. */
async function askAbout<T extends TimeStep<NdArray>>(
  episodes: readonly RunningEpisode<T>[],
  options: PlayOptions<T>,
): Promise<void> {
  const { policy, game, environments, decisionTimeoutMs, clock = null, patience = DEFAULT_PATIENCE } = options;
  const questions = episodes.map(({ situation, counters, spent }) => ({ situation, counters, spent }));
  const asked = performance.now();
  const verdicts: readonly Verdict[] = await decide(policy, game, environments.spec, questions, {
    ...signalOf(options),
    patience,
    ...(decisionTimeoutMs === undefined ? {} : { timeoutMs: decisionTimeoutMs }),
  }).catch((error: unknown) => episodes.map(() => ({ kind: 'failed', error: error as AgentError }) as const));
  const policyMs = performance.now() - asked;
  episodes.forEach((episode, i) => {
    const verdict = verdicts[i];
    if (verdict?.kind === 'decided') {
      episode.decided(comingSteps(verdict, policyMs, game, environments.spec, clock));
    } else if (verdict?.kind === 'stop') episode.settle({ status: 'stopped', reason: verdict.reason });
    else episode.fail(verdict?.error, 'internal');
  });
}

/** Also where the episode never began for the policy: `end` of an unknown episode is nothing to a policy. */
async function endEpisode<T extends TimeStep<NdArray>>(
  episode: RunningEpisode<T>,
  { policy }: PlayOptions<T>,
): Promise<EpisodeEnd> {
  await policy.end(episode.plan.id).catch((error: unknown) => episode.fail(error, 'policy_failure'));
  return episode.finish();
}

/** A call to the environments; one that rejects as a whole is the failure of each of its requests. */
async function answered<T>(
  call: () => Promise<PromiseSettledResult<T>[]>,
  requests: readonly unknown[],
): Promise<PromiseSettledResult<T>[]> {
  try {
    return await call();
  } catch (reason) {
    return requests.map(() => ({ status: 'rejected', reason }) as const);
  }
}

async function timed<R>(call: () => Promise<R>): Promise<{ results: R; milliseconds: number }> {
  const started = performance.now();
  const results = await call();
  return { results, milliseconds: performance.now() - started };
}

function signalOf({ signal }: { readonly signal?: AbortSignal | undefined }): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function checkOptions<T extends TimeStep<NdArray>>(options: PlayOptions<T>): void {
  const { game, policy, environments, episodes, maxDecisions } = options;
  requireSameActions(game, environments.spec);
  requireClock(options.clock ?? null, game, environments.spec);
  requireNeeds(policy.id, policy.needs ?? [], game, environments.spec);
  if (policy.isPaced && options.clock != null) {
    throw new AgentError('usage', `${policy.id} keeps the game's own pace`, {
      expected: 'no --clock: the time that a thought takes has passed already',
      got: '--clock real',
    });
  }
  if (isList(episodes) && new Set(episodes.map((plan) => plan.id)).size !== episodes.length) {
    throw new AgentError('usage', 'two episodes have the same id', { expected: 'an id of its own for each' });
  }
  if (maxDecisions !== undefined && !(Number.isInteger(maxDecisions) && maxDecisions >= 1)) {
    throw new AgentError('usage', 'a limit of decisions is a whole number from 1', { got: String(maxDecisions) });
  }
}
