/** A decision as a question to a service: the game's prompt in texts and pictures. */
import type { Game } from '../../agent/game/game.js';
import type { Situation } from '../../agent/policy.js';
import { buildPrompt, type PromptSegment } from '../../agent/prompt/prompt.js';
import type { Frame } from '../../core/index.js';
import { answerSchema } from './answer-schema.js';
import type { ServicePart, ServiceQuestion } from './client/service-question.js';
import type { Endpoint } from './endpoint.js';
import { pictureEncoder, sheetOf } from './pictures.js';

export type QuestionWriter = (
  game: Game,
  situation: Pick<Situation, 'frames' | 'attempt'>,
  sample: number,
) => Promise<ServiceQuestion>;

/** Writes the questions of an endpoint. A frame that stays in the stack is encoded once. */
export function questionWriter({ pictures, system, answers }: Endpoint): QuestionWriter {
  const png = pictureEncoder(pictures.scale);
  return async (game, situation, sample) => {
    const { segments, frames } = buildPrompt(game, situation, pictures.order);
    const shown = pictures.as === 'sheet' && frames.length > 1 ? asSheet(segments, frames) : segments;
    const content = await Promise.all(
      shown.map(
        async (segment): Promise<ServicePart> =>
          segment.kind === 'text'
            ? { type: 'text', text: segment.text }
            : { type: 'image', png: await png(segment.frame) },
      ),
    );
    return {
      ...(system === undefined ? {} : { system }),
      messages: [{ role: 'user', content }],
      ...(answers === 'schema' ? { schema: answerSchema(game) } : {}),
      sample,
    };
  };
}

/** One picture where the first stood, and words for the place of each in it. */
function asSheet(segments: readonly PromptSegment[], frames: readonly Frame[]): PromptSegment[] {
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
