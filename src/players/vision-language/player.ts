/**
 * The vision-language model as a player. It is shown the game's prompt and answers with the text of the action that it
 * finds likeliest; the text then takes the same way through the parser as any other model's. Scoring the named actions
 * instead of generating freely costs one pass for all episodes together and cannot end in an illegal action. In a game
 * with sights it writes these first, and scores the names behind them; so does a checkpoint that says its aims.
 */

import type { Demonstrations } from '../../agent/conversation/conversation.js';
import type { Game } from '../../agent/game/game.js';
import type { Answer, EpisodeStart, Policy, Situation } from '../../agent/policy.js';
import { AgentError, createRandom, type Random } from '../../core/index.js';
import type { Prompt, VisionLanguageModel } from '../../model/index.js';
import { aimedTemplate, aimedWriter } from './aim.js';
import { answerFreely, isAskedFreely, isWritten, type TextAnswer } from './free-answers.js';
import { NEEDS } from './needs.js';
import type { PaperModel } from './paper-models.js';
import { promptFor, type Shown } from './prompt-for.js';
import { likeliestName, type ScoredAnswer, type SightedWriter, sightedWriter } from './sighted-writer.js';

interface About {
  /** That will be played. */
  readonly game: Game;
  readonly kind?: PaperModel;
  /** Shown before every decision. */
  readonly demonstrations?: Demonstrations | undefined;
  /** Told what a person should know and nothing fails for. */
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

/** Loads the checkpoint. Rejects with `usage`, `checkpoint`, `setup` or `runtime`. */
export async function createPaeLammPolicy(
  given: string,
  { game, kind = 'pae-lamm', demonstrations, onWarning }: About,
): Promise<Policy> {
  const { NO_CHAT_TEMPLATE, VisionLanguageModel, describeRuntime, findModelAs, hashModel } = await import(
    '../../model/index.js'
  );
  const folder = await findModelAs(given, `--policy ${kind}:`);
  const model = await VisionLanguageModel.load(folder);
  if (!model.hasChatTemplate) onWarning?.(`${kind}:${given}: ${NO_CHAT_TEMPLATE}`);
  const { tensorflow, device, precision } = await describeRuntime();
  const answers = answersOf(model, game);
  const about = {
    id: `${kind}:${given}`,
    provenance: {
      ...{ checkpoint: await hashModel(folder), tensorflow, device, precision, answers },
      ...(model.hasChatTemplate ? {} : { chat_template: 'none: asked in plain text' }),
      ...(demonstrations ? { demonstrations_sha256: demonstrations.sha256 } : {}),
    },
  };
  return modelPolicy(model, about, demonstrations);
}

/** How the answers come about, for the record. */
function answersOf(model: VisionLanguageModel, game: Game): string {
  const isAimed = model.config.saysAims && aimedTemplate(model, game) !== undefined;
  if (isWritten(game) && isAimed) {
    throw new AgentError('usage', 'this checkpoint says its aim before a name, and so writes no answer by itself', {
      expected: '`answers: scored` and no `plan`',
      got: 'a way of playing in which it writes freely',
      next: 'leave out --play answers=written and --play plan=N',
    });
  }
  if (isWritten(game)) return 'free text';
  if (game.sights.length > 0) return 'written';
  return isAimed ? 'scored behind an aim' : 'scored';
}

/** A policy that asks a loaded model and disposes of it at its end. */
export function modelPolicy(
  model: VisionLanguageModel,
  { saysAims, ...about }: Required<Pick<Policy, 'id' | 'provenance'>> & { readonly saysAims?: boolean },
  demonstrations?: Demonstrations,
): Policy {
  const starts = new Map<string, EpisodeStart>();
  const answersOf = modelAnswers<Situation>(model, {
    demonstrations,
    ...(saysAims === undefined ? {} : { saysAims }),
    randomOf: ({ episode, step, attempt }, sample) =>
      createRandom(starts.get(episode)?.seed ?? 0, `${step} ${attempt} ${sample}`),
  });
  const gameOf = ({ episode }: Situation): Game => {
    const start = starts.get(episode);
    if (start) return start.game;
    throw new AgentError('policy_failure', 'a policy was asked about an episode that it does not know', {
      expected: 'begin() before act()',
      got: `episode ${episode}`,
    });
  };
  return {
    ...about,
    needs: NEEDS,
    computesHere: true,
    begin: async (start) => {
      starts.set(start.episode, start);
    },
    act: async (situations, { signal } = {}) => {
      const answers = new Map<Situation, Answer>();
      for (const [game, group] of groupBy(situations, gameOf)) {
        signal?.throwIfAborted();
        const decided = await answersOf(game, group);
        group.forEach((situation, index) => {
          answers.set(situation, decided[index] as Answer);
        });
      }
      return situations.map((situation) => answers.get(situation) as Answer);
    },
    end: async (episode) => {
      starts.delete(episode);
    },
    [Symbol.asyncDispose]: async () => model[Symbol.dispose](),
  };
}

interface Asking<S> {
  readonly demonstrations?: Demonstrations | undefined;
  /** Whether it says its aim before the name; what the checkpoint says where left out. */
  readonly saysAims?: boolean;
  /** The source of a sample's draws; the same numbers each time where left out. */
  readonly randomOf?: (situation: S, sample: number) => Random;
}

/** What a model answers in situations of one game, outside of any episode. */
export function modelAnswers<S extends Shown>(
  model: VisionLanguageModel,
  { demonstrations, saysAims = model.config.saysAims, randomOf = (_, sample) => createRandom(sample) }: Asking<S> = {},
): (game: Game, situations: readonly S[]) => Promise<TextAnswer[]> {
  const write = sightedWriter(model);
  const writeAimed = aimedWriter(model);
  const score: SightedWriter = (game, prompts) => {
    if (game.sights.length > 0) return write(game, prompts);
    return (saysAims ? writeAimed(game, prompts) : undefined) ?? scoreNames(model, game, prompts);
  };
  return async (game, situations) => {
    const prompts = situations.map((situation) => promptFor(model, game, situation, demonstrations?.decisions));
    if (isAskedFreely(game)) {
      const answers: TextAnswer[] = [];
      for (const [i, situation] of situations.entries()) {
        const prompt = prompts[i] as Prompt;
        answers.push(await answerFreely(model, game, prompt, score, (sample) => randomOf(situation, sample)));
      }
      return answers;
    }
    const answers = await score(game, prompts);
    return answers.map(({ raw, scores, reasoning }, index) => {
      const promptTokens = (prompts[index] as Prompt).tokens.length;
      const answerTokens = model.answer(raw).length;
      if (reasoning === undefined) return { kind: 'text', raw, scores, usage: { promptTokens, answerTokens } };
      const usage = { promptTokens, answerTokens: answerTokens + 1, reasoningTokens: 1 };
      return { kind: 'text', raw, scores, reasoning, usage };
    });
  };
}

async function scoreNames(model: VisionLanguageModel, game: Game, prompts: readonly Prompt[]): Promise<ScoredAnswer[]> {
  const names = game.actions.map(({ name }) => name);
  const scores = await model.score(prompts, names);
  return scores.map((ofActions) => ({ raw: likeliestName(game, ofActions), scores: ofActions }));
}

/** As `Map.groupBy`, which Node 20 has not. */
function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}
