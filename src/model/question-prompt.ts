/** A question about pictures as a prompt. */
import type { Frame } from '../core/index.js';
import type { Prompt } from './inference/prompt.js';
import type { Message } from './text/index.js';
import type { VisionLanguageModel } from './vision-language-model.js';

/** What a person should know who asks a checkpoint that says nothing of how a conversation is written. */
export const NO_CHAT_TEMPLATE =
  'the checkpoint has no chat template: it is asked in plain text, which a model that learnt from conversations may ' +
  'not understand (put its chat_template.jinja into the folder)';

/** Pictures come first, as LLaVA was trained; without a chat template the text stands for itself. */
export function questionPrompt(model: VisionLanguageModel, question: string, frames: readonly Frame[]): Prompt {
  if (!model.hasChatTemplate) return model.prompt(`${'<image>\n'.repeat(frames.length)}${question}`, frames);
  const pictures = frames.map((): Message['content'][number] => ({ type: 'image' }));
  return model.chat([{ role: 'user', content: [...pictures, { type: 'text', text: question }] }], frames);
}
