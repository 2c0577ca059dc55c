/**
 * Answers that take more than scoring the names behind the prompt: with thoughts before them, written freely, or drawn
 * several times. Each situation is asked by itself, so that a draw does not depend on what else is asked.
 */
import { majority } from '../../agent/conversation/majority.js';
import type { Game } from '../../agent/game/game.js';
import { playOf } from '../../agent/play-settings/play-settings.js';
import type { Answer } from '../../agent/policy.js';
import { splitSighted, writeSighted } from '../../agent/sighted-answer.js';
import type { Random } from '../../core/index.js';
import type { Generated, Prompt, VisionLanguageModel } from '../../model/index.js';
import type { SightedWriter } from './sighted-writer.js';

export type TextAnswer = Extract<Answer, { kind: 'text' }>;

/** Ends a thought, and begins what is answered. */
const CUE = 'Action:';
/** Tokens of an answer that is written freely, for each action that it may list. */
const WRITTEN_TOKENS = 32;

/** Whether a game's ways of playing ask for such answers. */
export function isAskedFreely(game: Game): boolean {
  const { think, samples } = playOf(game);
  return think !== null || samples > 1 || isWritten(game);
}

/** Whether the model writes its answer itself; a list of actions has no names to be scored. */
export function isWritten(game: Game): boolean {
  const { answers, plan } = playOf(game);
  return answers === 'written' || plan > 1;
}

/**
 * The answer of one situation.
 * @param score writes the answer that the model finds likeliest behind a prompt, with the scores of all
 * @param randomOf the source of a sample's draws; several samples are drawn at temperature 1, a single one never is
 */
export async function answerFreely(
  model: VisionLanguageModel,
  game: Game,
  prompt: Prompt,
  score: SightedWriter,
  randomOf: (sample: number) => Random,
): Promise<TextAnswer> {
  const { samples } = playOf(game);
  const first = await answerOnce(model, game, prompt, score, samples > 1 ? randomOf(0) : undefined);
  const drawn: [TextAnswer, ...TextAnswer[]] = [first];
  while (drawn.length < samples) {
    drawn.push(await answerOnce(model, game, prompt, score, randomOf(drawn.length)));
  }
  return majority(game, drawn) as TextAnswer;
}

async function answerOnce(
  model: VisionLanguageModel,
  game: Game,
  prompt: Prompt,
  score: SightedWriter,
  random: Random | undefined,
): Promise<TextAnswer> {
  const draw = random ? { random, temperature: 1 } : {};
  const { think, plan } = playOf(game);
  let asked = prompt;
  let thought: Generated | undefined;
  if (think) {
    const room = model.config.text.maxPositions - prompt.tokens.length - WRITTEN_TOKENS * (plan + 1);
    const maxTokens = Math.max(1, Math.min(think.tokens, room));
    [thought] = await model.generate([prompt], { maxTokens, stop: [CUE], ...draw });
    const begun = model.tokenizer.encode(`${thought?.text.trim()}\n${CUE}`);
    asked = { ...prompt, tokens: [...prompt.tokens, ...begun] };
  }
  const [written] = isWritten(game) ? await model.generate([asked], { maxTokens: WRITTEN_TOKENS * plan, ...draw }) : [];
  const [scored] = written ? [] : await score(game, [asked]);
  const raw = written?.text ?? nameOf(game, scored, random);
  const answerTokens = written?.tokens.length ?? model.answer(raw).length;
  const thoughts = [thought?.text.trim(), scored?.reasoning].filter((one) => one !== undefined);
  const reasoningTokens = (thought?.tokens.length ?? 0) + (scored?.reasoning === undefined ? 0 : 1);
  return {
    kind: 'text',
    raw,
    ...(thoughts.length > 0 ? { reasoning: thoughts.join('\n') } : {}),
    usage: {
      promptTokens: prompt.tokens.length,
      answerTokens: answerTokens + reasoningTokens,
      ...(thoughts.length > 0 ? { reasoningTokens } : {}),
    },
  };
}

/** The likeliest answer as it was written; or, with draws, its sights with a name drawn by the names' scores. */
function nameOf(game: Game, scored: Awaited<ReturnType<SightedWriter>>[number] | undefined, random?: Random): string {
  const { raw, scores } = scored as NonNullable<typeof scored>;
  if (random === undefined) return raw;
  const { sights = [] } = splitSighted(game, raw);
  return writeSighted(sights, game.actions[drawBy(scores, random)]?.name as string);
}

/** An index, each as likely as its score says. @param scores logarithms of probabilities, also of unequal sum. */
function drawBy(scores: readonly number[], random: Random): number {
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  // Rounding may leave a little at the end.
  return drawn === -1 ? scores.indexOf(highest) : drawn;
}
