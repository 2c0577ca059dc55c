/** A decision as a question to a service: the conversation of the game in texts and pictures. */
import { buildConversation, type Demonstration } from '../../agent/conversation/conversation.js';
import type { Game } from '../../agent/game/game.js';
import { playOf } from '../../agent/play-settings/play-settings.js';
import type { Situation } from '../../agent/policy.js';
import type { PromptSegment } from '../../agent/prompt/prompt.js';
import { answerSchema } from './answer-schema.js';
import type { ServiceMessage, ServicePart, ServiceQuestion } from './client/service-question.js';
import type { Endpoint } from './endpoint.js';
import { pictureEncoder, sheetOf } from './pictures.js';

/** `sample`: which of several answers to the same question it is asked for. */
export type QuestionWriter = (game: Game, situation: Situation, sample: number) => Promise<ServiceQuestion>;

/** Writes the questions of an endpoint. A frame that stays in the stack or in the history is encoded once. */
export function questionWriter(
  { pictures, system, answers }: Pick<Endpoint, 'pictures' | 'system' | 'answers'>,
  demonstrations?: readonly Demonstration[],
): QuestionWriter {
  const png = pictureEncoder(pictures.scale);
  const partOf = async (segment: PromptSegment): Promise<ServicePart> =>
    segment.kind === 'text' ? { type: 'text', text: segment.text } : { type: 'image', png: await png(segment.frame) };
  return async (game, situation, sample) => {
    const conversation = buildConversation(game, situation, { order: pictures.order, demonstrations });
    const messages = conversation.map(async ({ role, content }): Promise<ServiceMessage> => {
      const shown = pictures.as === 'sheet' ? asSheet(content) : content;
      return { role, content: await Promise.all(shown.map(partOf)) };
    });
    return {
      ...(system === undefined ? {} : { system }),
      messages: await Promise.all(messages),
      ...(answers === 'schema' && isBySchema(game) ? { schema: answerSchema(game) } : {}),
      sample,
    };
  };
}

/** Whether the answer is one action by its name. What else is asked for by the ways of playing is free text. */
function isBySchema(game: Game): boolean {
  const { think, names, answers, plan } = playOf(game);
  return think === null && names === 'shown' && answers === 'scored' && plan === 1;
}

/** One picture where the first stood, and words for the place of each in it. */
function asSheet(segments: readonly PromptSegment[]): readonly PromptSegment[] {
  const frames = segments.flatMap((segment) => (segment.kind === 'image' ? [segment.frame] : []));
  if (frames.length < 2) return segments;
  let count = 0;
  return segments.flatMap((segment): PromptSegment[] => {
    if (segment.kind === 'text') return [segment];
    count++;
    const place = {
      kind: 'text',
      text: `part ${count} of ${frames.length} of the one picture, from the left`,
    } as const;
    return count === 1 ? [{ kind: 'image', frame: sheetOf(frames) }, place] : [place];
  });
}
