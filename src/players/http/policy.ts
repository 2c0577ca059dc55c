/**
 * A model behind a service as a player. Every situation is a question of its own, asked side by side as far as the
 * endpoint allows; what fails is the answer of that situation alone.
 */
import type { Demonstrations } from '../../agent/conversation/conversation.js';
import { majority } from '../../agent/conversation/majority.js';
import type { Game } from '../../agent/game/game.js';
import { playOf } from '../../agent/play-settings/play-settings.js';
import type { Answer, EpisodeStart, Policy, Situation } from '../../agent/policy.js';
import { AgentError } from '../../core/index.js';
import { NEEDS } from '../vision-language/needs.js';
import { cacheKey } from './answers-cache.js';
import { Budget } from './budget.js';
import { requestHash } from './client/request-hash.js';
import { ServiceClient } from './client/service-client.js';
import type { ServiceQuestion, ServiceReply } from './client/service-question.js';
import { baseUrlOf } from './client/service-settings.js';
import { endpointFacts, type ModelEndpoint, serviceSettings } from './endpoint.js';
import { costOf } from './prices.js';
import { questionWriter } from './question.js';
import type { Services } from './services.js';

interface Playing {
  readonly game: Game;
  /** The same whenever the same seed of the game is played. */
  readonly name: string;
  /** Answers so far, by request. */
  readonly draws: Map<string, number>;
}

export interface ServicePolicyOptions {
  /** As `--policy` names it. */
  readonly id: string;
  readonly services?: Services | undefined;
  /** Decisions of another player that are shown first. */
  readonly demonstrations?: Demonstrations | undefined;
  /** Where the key is; the process's own environment where left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Throws `usage` where the key is missing or the address is wrong. */
export function servicePolicy(endpoint: ModelEndpoint, options: ServicePolicyOptions): Policy {
  const { id, services, demonstrations, env } = options;
  const settings = serviceSettings(endpoint, id, env);
  const { budget = new Budget(), cache, onWarning } = services ?? {};
  const client = new ServiceClient(settings, {
    onRequest: () => budget.request(),
    onAnswer: (usage) => budget.answer(costOf(endpoint.prices, usage), usage),
    ...(onWarning ? { onWarning } : {}),
  });
  const write = questionWriter(endpoint, demonstrations?.decisions);
  // What is drawn by chance would be one draw for all episodes if it were kept by the request alone.
  const isFixed = endpoint.temperature === 0 || endpoint.seed !== undefined;
  const playing = new Map<string, Playing>();

  const ask = async (question: ServiceQuestion, signal: AbortSignal | undefined): Promise<ServiceReply> => {
    const reply = await client.ask(question, signal ? { signal } : {});
    const cost = reply.kind === 'failure' && endpoint.prices ? 0 : costOf(endpoint.prices, reply.usage);
    return { ...reply, service: { ...reply.service, cost } };
  };
  /** One of the answers to a situation, asked of the service or out of the cache. */
  const draw = async (situation: Situation, sample: number, signal: AbortSignal | undefined): Promise<ServiceReply> => {
    const { game, name, draws } = playingOf(situation, playing);
    const question = await write(game, situation, sample);
    if (cache === undefined) return ask(question, signal);
    const request = requestHash(settings, question);
    const index = draws.get(request) ?? 0;
    const key = cacheKey(request, isFixed ? undefined : { episode: name, index });
    const reply = await cache.answer(key, () => ask(question, signal));
    if (reply.kind !== 'failure') draws.set(request, index + 1);
    if (reply.service.isCached) budget.cached();
    return reply;
  };
  const answer = async (situation: Situation, signal: AbortSignal | undefined): Promise<Answer> => {
    const { game } = playingOf(situation, playing);
    const samples = Array.from({ length: playOf(game).samples }, (_, sample) => draw(situation, sample, signal));
    return majority(game, (await allSettled(samples)) as [ServiceReply, ...ServiceReply[]]);
  };
  return {
    id,
    provenance: {
      ...endpointFacts(endpoint, baseUrlOf(settings)),
      ...(demonstrations ? { demonstrations_sha256: demonstrations.sha256 } : {}),
    },
    isBatchInvariant: true,
    needs: NEEDS,
    begin: async ({ episode, game, seed }: EpisodeStart) => {
      playing.set(episode, { game, name: `${game.name} ${seed}`, draws: new Map() });
    },
    act: async (situations, { signal } = {}) => {
      try {
        return await allSettled(situations.map((situation) => answer(situation, signal)));
      } finally {
        // Only now is nothing under way that was paid for.
        budget.settle();
      }
    },
    end: async (episode) => {
      playing.delete(episode);
    },
    [Symbol.asyncDispose]: async () => playing.clear(),
  };
}

/** As `Promise.all`, but a rejection waits until all have come to their end. */
async function allSettled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function playingOf({ episode }: Situation, playing: ReadonlyMap<string, Playing>): Playing {
  const own = playing.get(episode);
  if (own) return own;
  throw new AgentError('policy_failure', 'a policy was asked about an episode that it does not know', {
    expected: 'begin() before act()',
    got: `episode ${episode}`,
  });
}
