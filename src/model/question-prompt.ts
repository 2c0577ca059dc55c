/** A question about pictures as a prompt. */
import type { Frame } from '../core/index.js';
import type { Prompt } from './inference/prompt.js';
import type { Message } from './text/index.js';
import type { VisionLanguageModel } from './vision-language-model.js';

/** Pictures come first, as LLaVA was trained; without a chat template the text stands for itself. */
export function questionPrompt(model: VisionLanguageModel, question: string, frames: readonly Frame[]): Prompt {
  if (!model.hasChatTemplate) return model.prompt(`${'<image>\n'.repeat(frames.length)}${question}`, frames);
  const pictures = frames.map((): Message['content'][number] => ({ type: 'image' }));
  return model.chat([{ role: 'user', content: [...pictures, { type: 'text', text: question }] }], frames);
}
