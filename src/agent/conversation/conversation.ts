/**
 * What a model is shown at a decision, as a conversation: decisions of another player, its own last ones, and the
 * question. With the default settings it is one message: the game's prompt, word by word.
 */
import type { Frame } from '../../core/index.js';
import type { Game } from '../game/game.js';
import { playOf } from '../play-settings/play-settings.js';
import type { PastDecision, Situation } from '../policy.js';
import { IMAGE_MARKER } from '../prompt/pieces.js';
import {
  type FrameOrder,
  type PromptSegment,
  promptText,
  requirePictures,
  retryText,
  toSegments,
  turnText,
} from '../prompt/prompt.js';
import { ANOTHER_PLAYER, executedInstead, NO_ANSWER, reasonOf, waysInWords } from './wording.js';

export interface ConversationMessage {
  readonly role: 'user' | 'assistant';
  /** Texts and pictures in order; texts are never empty. */
  readonly content: readonly PromptSegment[];
}

/** A decision of another player. */
export interface Demonstration {
  /** As many as the game shows at once, oldest first. */
  readonly frames: readonly Frame[];
  /** In the form that the game asks for. */
  readonly answer: string;
}

/** What is shown of another player. */
export interface Demonstrations {
  readonly decisions: readonly Demonstration[];
  /** Of all pictures and answers in them. */
  readonly sha256: string;
}

export interface ConversationOptions {
  readonly demonstrations?: readonly Demonstration[] | undefined;
  readonly order?: FrameOrder;
}

/** A decision that is over, as the conversation tells it. */
interface Turn {
  readonly frames: readonly Frame[];
  readonly answer: string;
  /** What is said of it before the next question. */
  readonly after: string | undefined;
}

/**
 * The conversation of a situation, by the game's ways of playing. It begins and ends with the user, and the two take
 * turns. What never changes in an episode comes first, so that a model can keep its KV cache.
 * Throws `unsupported_env` where there is no picture to show.
 */
export function buildConversation(
  game: Game,
  situation: Pick<Situation, 'frames' | 'attempt' | 'past' | 'refused'>,
  { demonstrations = [], order = 'oldest-first' }: ConversationOptions = {},
): ConversationMessage[] {
  requirePictures(game, situation.frames);
  const shown = demonstrations.map(({ frames, answer }, index): Turn => {
    const isLast = index === demonstrations.length - 1;
    return { frames, answer, after: isLast ? ANOTHER_PLAYER : undefined };
  });
  const turns = [...shown, ...(situation.past ?? []).map((past) => turnOf(past, game))];
  const textAt = (index: number, { length }: readonly Frame[]): string => {
    const text = index === 0 ? promptText(game, length, 0, order) : turnText(game, length, order);
    const before = turns[index - 1]?.after;
    return before === undefined ? text : `${before}\n${text}`;
  };
  const messages = turns.flatMap(({ frames, answer }, index): ConversationMessage[] => [
    userMessage(textAt(index, frames), frames, order),
    { role: 'assistant', content: [{ kind: 'text', text: answer }] },
  ]);
  const text = question(game, textAt(turns.length, situation.frames), situation);
  return [...messages, userMessage(text, situation.frames, order)];
}

function userMessage(text: string, frames: readonly Frame[], order: FrameOrder): ConversationMessage {
  const shown = order === 'oldest-first' ? frames : frames.toReversed();
  return { role: 'user', content: toSegments(text, shown) };
}

/** The words of the last message: what is asked, what was wrong before, and how to answer now. */
function question(game: Game, text: string, { attempt, refused }: Pick<Situation, 'attempt' | 'refused'>): string {
  const play = playOf(game);
  const ways = waysInWords(game);
  const parts = [
    ways === undefined ? text : withoutCue(text),
    ...(attempt > 0 && play.retry === 'reason' && refused ? [withoutMarkers(reasonOf(refused))] : []),
    ...(attempt > 0 ? [ways === undefined ? retryText(game) : withoutCue(retryText(game))] : []),
    ...(ways === undefined ? [] : [ways]),
  ];
  return parts.join('\n');
}

/** Prompts end with `Action:` for a model that answers at once. */
function withoutCue(text: string): string {
  return text.replace(/\n?Action:\s*$/, '');
}

/** Only the newest picture of a decision is shown again: the others are those of the decision before. */
function turnOf({ frame, raw, executed }: PastDecision, { actions }: Game): Turn {
  const name = typeof executed === 'number' ? (actions[executed]?.name ?? String(executed)) : executed.join(' ');
  const answer = withoutMarkers(raw ?? '').trim();
  if (answer !== '') return { frames: [frame], answer, after: undefined };
  return { frames: [frame], answer: NO_ANSWER, after: executedInstead(name) };
}

/** What a model wrote must not stand for a picture. */
function withoutMarkers(text: string): string {
  return text.replaceAll(IMAGE_MARKER, 'image');
}
