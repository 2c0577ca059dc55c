/** The messages of a request as a prompt of the model. */
import type { Frame } from '../core/index.js';
import type { Message, Prompt, VisionLanguageModel } from '../model/index.js';
import type { Pictures } from './pictures.js';
import type { ChatMessage } from './request.js';
import { badRequest } from './service-error.js';

/** Characters a token, at most, on the average of a text. */
const LONGEST_TOKEN = 64;

/**
 * By the checkpoint's chat template where it has one; else the texts of the messages one after another, so that a
 * conversation gives the same tokens as it does in process.
 * Rejects with a `ServiceError` for pictures that cannot be read, or more than `maxPictures`.
 */
export async function promptOf(
  model: VisionLanguageModel,
  messages: readonly ChatMessage[],
  pictures: Pictures,
  maxPictures: number,
): Promise<Prompt> {
  requireShort(messages, model.config.text.maxPositions);
  const urls = messages.flatMap(({ content }, i) =>
    content.flatMap((part, k) =>
      part.type === 'image_url' ? [{ url: part.image_url.url, param: `messages.${i}.content.${k}` }] : [],
    ),
  );
  if (urls.length > maxPictures) throw badRequest(`${urls.length} pictures; at most ${maxPictures} here`, 'messages');
  const { image } = model.config;
  if (urls.length > 0 && !image) throw badRequest('this checkpoint is a language model alone: no pictures', 'messages');
  const frames: Frame[] = [];
  // One after another: the same picture twice is decoded once.
  for (const { url, param } of urls) frames.push(await pictures.frameOf(url, param));
  if (model.hasChatTemplate) return model.chat(messages.map(asMessage), frames);
  const marker = image ? (model.tokenizer.tokenOf(image.imageToken) ?? '') : '';
  // As the local player writes a conversation: an answer stands right behind its question.
  const texts = messages.map(({ role, content }) => {
    const text = content.map((part) => (part.type === 'text' ? part.text : marker)).join('');
    return role === 'user' ? text : `${text}\n`;
  });
  return model.prompt(texts.join(''), frames);
}

/** A text that cannot fit is refused unread: to cut thirty megabytes into tokens would keep all others waiting. */
function requireShort(messages: readonly ChatMessage[], maxPositions: number): void {
  const texts = messages.flatMap(({ content }) => content.map((part) => (part.type === 'text' ? part.text.length : 0)));
  const length = texts.reduce((sum, own) => sum + own, 0);
  const most = maxPositions * LONGEST_TOKEN;
  if (length <= most) return;
  throw badRequest(`texts of ${length} characters; at most ${most} here, for ${maxPositions} tokens`, 'messages');
}

function asMessage({ role, content }: ChatMessage): Message {
  return { role, content: content.map((part) => (part.type === 'text' ? part : { type: 'image' })) };
}
