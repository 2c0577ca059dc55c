/** The words that a policy was given, put together again from the game in its record. */
import { z } from 'zod';
import { buildConversation, type Game, playOf, type RefusedAnswer } from '../agent/index.js';
import { playSchema } from '../agent/play-settings/schema.js';
import type { Frame } from '../core/index.js';
import type { Manifest, StepLine } from '../record/index.js';
import type { ToldAnswer } from './episode-lines.js';
import type { PromptMessage } from './protocol.js';

/** A record may claim any number. */
const MOST_FRAMES = 64;

const text = z.string();

/** Of a game as records hold it, what its prompt is made of. */
const gameSchema = z.object({
  emulator: z.object({ env: text }),
  frames: z.int().min(1).max(MOST_FRAMES),
  actions: z.array(z.object({ name: text, description: text })),
  sights: z.array(z.object({ name: text, description: text })).default([]),
  prompt: z.object({ template: text, instructions: text, frame: text, action: text, answer: text, retry: text }),
  play: playSchema.exactOptional(),
});

/** Writes the prompts of one record. */
export class PromptOfRecord {
  private constructor(private readonly game: Game | null) {}

  static of({ game }: Pick<Manifest, 'game'>): PromptOfRecord {
    const read = gameSchema.safeParse(game.config);
    return new PromptOfRecord(read.success ? (read.data as unknown as Game) : null);
  }

  /** Decisions that a prompt tells of before its own. */
  get history(): number {
    return this.game ? playOf(this.game).history : 0;
  }

  /**
   * What was asked when the line's answer came; null of a policy that answers without words, of a decision that nobody
   * was asked for, and of a record that does not tell. Examples of another player are not in a record, and so not here.
   * @param asked the decisions before, oldest first
   */
  of(line: StepLine, asked: readonly ToldAnswer[]): PromptMessage[] | null {
    const isText = line.raw !== null || line.rejected.some((answer) => 'raw' in answer);
    if (this.game === null || !isText || line.origin !== undefined) return null;
    const frames = Array.from({ length: this.game.frames }, standIn);
    const past = asked.slice(asked.length - Math.min(this.history, asked.length));
    const attempt = Math.max(0, line.attempts - 1);
    const refused = refusedBefore(line, attempt);
    try {
      const messages = buildConversation(this.game, {
        frames,
        attempt,
        ...(past.length > 0 ? { past: past.map(({ raw, executed }) => ({ frame: standIn(), raw, executed })) } : {}),
        ...(refused ? { refused } : {}),
      });
      return messages.map(({ role, content }) => ({
        role,
        parts: content.map((part) => {
          if (part.kind === 'text') return { text: part.text };
          const place = frames.indexOf(part.frame);
          return { picture: place === -1 ? null : place };
        }),
      }));
    } catch {
      // A record may hold pieces that do not fit together.
      return null;
    }
  }
}

/** In the place of a picture: which one it is, is all that is wanted. */
function standIn(): Frame {
  return { dtype: 'uint8', shape: [1, 1, 3], data: new Uint8Array(3) };
}

function refusedBefore({ rejected }: StepLine, attempt: number): RefusedAnswer | undefined {
  const answer = rejected[attempt - 1];
  if (answer === undefined || !('raw' in answer)) return undefined;
  const found = 'found' in answer ? answer.found : [];
  return { raw: answer.raw, reason: answer.reason as RefusedAnswer['reason'], found };
}
