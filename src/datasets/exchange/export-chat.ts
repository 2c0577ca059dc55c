/**
 * Decisions as conversations with pictures, for teaching other models to play: each is asked exactly what a player is
 * asked, and answered with what should be done. Two forms: `*.jsonl` as TRL reads it (messages of parts, pictures
 * beside), `*.llava.json` as LLaVA and those after it read it (`<image>` in the text).
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPrompt, type Game, promptText, writeSighted } from '../../agent/index.js';
import { AgentError, type Frame, makeFolder } from '../../core/index.js';
import { teacherOf } from '../../expert/teacher/index.js';
import { stopIfCancelled } from '../cancellation.js';
import { chatCard } from '../card.js';
import type { Dataset } from '../dataset.js';
import type { DatasetEpisode, DatasetStep, Split } from '../schema.js';
import { type ExportOptions, requireSteps } from './export-options.js';
import { makeWholeFolder, writeInto } from './new-folder.js';
import { requireFits } from './requirements.js';

export interface ChatOptions extends ExportOptions {
  /** Whose prompt it is; the dataset must be of it. With sights where it has some. */
  readonly game: Game;
}

type AnswerOf = (step: DatasetStep, frames: () => readonly Frame[]) => string;

/** Files of one split, written decision by decision. */
interface Files {
  readonly messages: Awaited<ReturnType<typeof open>>;
  readonly llava: Awaited<ReturnType<typeof open>>;
  rows: number;
}

/**
 * Writes the export and resolves to its folder, which is there whole or not at all.
 * Rejects with `usage` where the folder is not empty or there is nothing to export, `dataset` where the data is not of
 * the game, `unsupported_env` for a game with sights that nobody sees here.
 */
export async function exportChat(dataset: Dataset, { out, game, signal, onEpisode }: ChatOptions): Promise<string> {
  requireSteps(dataset, out);
  requireFits(dataset, game);
  const answerOf = answers(game);
  return makeWholeFolder(out, async (folder) => {
    await makeFolder(join(folder, 'images'));
    const files = new Map<Split, Files>();
    try {
      for (const [number, episode] of dataset.episodes.entries()) {
        stopIfCancelled(signal);
        const own = files.get(episode.split) ?? (await begin(folder, episode.split));
        files.set(episode.split, own);
        await writePictures(folder, dataset, episode, number);
        await writeRows(own, { dataset, episode, number, game, answerOf });
        onEpisode?.(number + 1, dataset.episodes.length);
      }
      for (const { llava } of files.values()) await llava.write('\n]\n');
    } finally {
      for (const { messages, llava } of files.values()) await Promise.all([messages.close(), llava.close()]);
    }
    await writeInto(folder, 'README.md', chatCard(dataset, [...files.keys()], promptText(game, game.frames, 0)));
  });
}

async function begin(folder: string, split: Split): Promise<Files> {
  const [messages, llava] = await Promise.all([
    open(join(folder, `${split}.jsonl`), 'w'),
    open(join(folder, `${split}.llava.json`), 'w'),
  ]);
  await llava.write('[');
  return { messages, llava, rows: 0 };
}

const pictureName = (number: number, frame: number): string =>
  `images/${String(number).padStart(6, '0')}-${String(frame).padStart(6, '0')}.png`;

async function writePictures(
  folder: string,
  dataset: Dataset,
  { firstFrame, steps }: DatasetEpisode,
  number: number,
): Promise<void> {
  for (let i = 0; i < steps; i++) {
    const file = await open(join(folder, pictureName(number, i)), 'wx');
    await file.writeFile(dataset.framePng(firstFrame + i)).finally(() => file.close());
  }
}

interface Rows {
  readonly dataset: Dataset;
  readonly episode: DatasetEpisode;
  readonly number: number;
  readonly game: Game;
  readonly answerOf: AnswerOf;
}

async function writeRows(files: Files, { dataset, episode, number, game, answerOf }: Rows): Promise<void> {
  const lines: string[] = [];
  const entries: string[] = [];
  const blank = dataset.frame(episode.firstFrame); // the text does not depend on what the pictures show
  const { text, segments } = buildPrompt(game, { frames: Array(game.frames).fill(blank), attempt: 0 });
  const asked = segments.map((part) => (part.kind === 'text' ? { type: 'text', text: part.text } : { type: 'image' }));
  for (let i = 0; i < episode.steps; i++) {
    const step = dataset.step(episode.firstStep + i);
    const answer = answerOf(step, () => dataset.stack(step.index));
    const images = step.stack.map((frame) => pictureName(number, frame - episode.firstFrame));
    const messages = [
      { role: 'user', content: asked },
      { role: 'assistant', content: [{ type: 'text', text: answer }] },
    ];
    lines.push(`${JSON.stringify({ messages, images })}\n`);
    const conversations = [
      { from: 'human', value: text },
      { from: 'gpt', value: answer },
    ];
    // LLaVA's own reader takes one name; those after it take a list as well.
    const image = images.length === 1 ? images[0] : images;
    const entry = { id: `${number}-${i}`, image, conversations };
    entries.push(`${files.rows++ === 0 ? '' : ','}\n${JSON.stringify(entry)}`);
  }
  await files.messages.write(lines.join(''));
  await files.llava.write(entries.join(''));
}

/** The label's name; in a game with sights behind what is to be seen, as a scripted teacher sees it. */
function answers(game: Game): AnswerOf {
  const nameOf = (action: number): string => game.actions[action]?.name as string;
  if (game.sights.length === 0) return ({ label }) => nameOf(label);
  const teacher = teacherOf(game);
  if (!teacher) {
    throw new AgentError('unsupported_env', `nobody here sees what ${game.title} asks for`, {
      expected: 'a game that a scripted teacher plays',
      got: game.sights.map(({ name }) => name).join(', '),
      next: 'add --no-sights: then the action alone is asked for',
    });
  }
  return ({ label }, frames) => writeSighted(teacher.look(frames()).sights, nameOf(label));
}
