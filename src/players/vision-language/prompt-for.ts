/** A situation as a model in this process is shown it. */
import {
  buildConversation,
  type ConversationMessage,
  type Demonstration,
} from '../../agent/conversation/conversation.js';
import type { Game } from '../../agent/game/game.js';
import type { Situation } from '../../agent/policy.js';
import { IMAGE_MARKER } from '../../agent/prompt/pieces.js';
import type { Frame } from '../../core/index.js';
import type { Message, Prompt, VisionLanguageModel } from '../../model/index.js';

/** As much of a situation as a model is asked about. */
export type Shown = Pick<Situation, 'frames' | 'attempt' | 'past' | 'refused'>;

/**
 * The prompt of a situation, in play and in training: by the checkpoint's chat template, or its messages one after
 * another.
 */
export function promptFor(
  model: VisionLanguageModel,
  game: Game,
  situation: Shown,
  demonstrations?: readonly Demonstration[],
): Prompt {
  const messages = buildConversation(game, situation, { demonstrations });
  const frames = messages.flatMap(({ content }) =>
    content.flatMap((part): Frame[] => (part.kind === 'image' ? [part.frame] : [])),
  );
  if (model.hasChatTemplate) return model.chat(messages.map(toMessage), frames);
  return model.prompt(inARow(messages), frames);
}

function toMessage({ role, content }: ConversationMessage): Message {
  const parts = content.map((part): Message['content'][number] =>
    part.kind === 'text' ? { type: 'text', text: part.text } : { type: 'image' },
  );
  return { role, content: parts };
}

/** As text: an answer stands right behind its question, as it does when a model is trained. */
function inARow(messages: readonly ConversationMessage[]): string {
  const texts = messages.map(({ role, content }) => {
    const text = content.map((part) => (part.kind === 'text' ? part.text : IMAGE_MARKER)).join('');
    return role === 'assistant' ? `${text}\n` : text;
  });
  return texts.join('');
}
