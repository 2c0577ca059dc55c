/**
 * The vision-language model as a player. It is shown the game's prompt and answers with the text of the action that it
 * finds likeliest; the text then takes the same way through the parser as any other model's. Scoring the named actions
 * instead of generating freely costs one pass for all episodes together and cannot end in an illegal action. In a game
 * with sights it writes these first, and scores the names behind them.
 */

import type { Game } from '../../agent/game/game.js';
import type { Answer, Policy, Situation } from '../../agent/policy.js';
import { buildPrompt } from '../../agent/prompt/prompt.js';
import { AgentError } from '../../core/index.js';
import type { Message, Prompt, VisionLanguageModel } from '../../model/index.js';
import { NEEDS } from './needs.js';
import { likeliestName, type ScoredAnswer, sightedWriter } from './sighted-writer.js';

interface About {
  /** That will be played. */
  readonly game: Pick<Game, 'sights'>;
  readonly kind?: 'pae-lamm' | 'baseline';
}

/** Loads the checkpoint. Rejects with `usage`, `checkpoint`, `setup` or `runtime`. */
export async function createPaeLammPolicy(given: string, { game, kind = 'pae-lamm' }: About): Promise<Policy> {
  const { VisionLanguageModel, describeRuntime, findModel, hashModel } = await import('../../model/index.js');
  const folder = await findModel(given);
  const model = await VisionLanguageModel.load(folder);
  const { tensorflow, device, precision } = await describeRuntime();
  const answers = game.sights.length > 0 ? 'written' : 'scored';
  return modelPolicy(model, {
    id: `${kind}:${given}`,
    provenance: { checkpoint: await hashModel(folder), tensorflow, device, precision, answers },
  });
}

/** A policy that asks a loaded model and disposes of it at its end. */
export function modelPolicy(model: VisionLanguageModel, about: Required<Pick<Policy, 'id' | 'provenance'>>): Policy {
  const games = new Map<string, Game>();
  const answersOf = modelAnswers(model);
  const gameOf = ({ episode }: Situation): Game => {
    const game = games.get(episode);
    if (game) return game;
    throw new AgentError('policy_failure', 'a policy was asked about an episode that it does not know', {
      expected: 'begin() before act()',
      got: `episode ${episode}`,
    });
  };
  return {
    ...about,
    needs: NEEDS,
    begin: async ({ episode, game }) => {
      games.set(episode, game);
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
      games.delete(episode);
    },
    [Symbol.asyncDispose]: async () => model[Symbol.dispose](),
  };
}

/** What a model answers in situations of one game, outside of any episode. */
export function modelAnswers(
  model: VisionLanguageModel,
): (game: Game, situations: readonly Pick<Situation, 'frames' | 'attempt'>[]) => Promise<TextAnswer[]> {
  const write = sightedWriter(model);
  return async (game, situations) => {
    const prompts = situations.map((situation) => promptFor(model, game, situation));
    const answers = game.sights.length > 0 ? await write(game, prompts) : await scoreNames(model, game, prompts);
    return answers.map(({ raw, scores }, index) => {
      const usage = { promptTokens: (prompts[index] as Prompt).tokens.length, answerTokens: model.answer(raw).length };
      return { kind: 'text', raw, scores, usage };
    });
  };
}

/** A text, and the log-probabilities of the actions' names in the game's order. */
type TextAnswer = Extract<Answer, { kind: 'text' }> & { readonly scores: readonly number[] };

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

/** The prompt of a situation as the model is shown it, in play and in training. */
export function promptFor(
  model: VisionLanguageModel,
  game: Game,
  situation: Pick<Situation, 'frames' | 'attempt'>,
): Prompt {
  const { text, segments, frames } = buildPrompt(game, situation);
  if (!model.hasChatTemplate) return model.prompt(text, frames);
  const content = segments.map((segment): Message['content'][number] =>
    segment.kind === 'text' ? { type: 'text', text: segment.text } : { type: 'image' },
  );
  return model.chat([{ role: 'user', content }], frames);
}
