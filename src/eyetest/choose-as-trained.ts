/** Asks a checkpoint the questions with choices that models of this project learn, in the form in which they do. */
import { findModel, VisionLanguageModel } from '../model/index.js';
import { CHAT_PROMPT, questionText } from '../training/tasks/language.js';
import { ANSWERS_FILE, mendLines } from './answers-file.js';
import { type EyeRunOptions, keepChoice, readRuns } from './run.js';

/**
 * Asks what is left. Of the choices the likeliest behind the question is the answer. Rejects with `cancelled` and
 * `checkpoint`; the same call goes on from there.
 */
export async function chooseAsTrained(
  model: string,
  { folder, signal, onAnswers }: Omit<EyeRunOptions, 'policy'>,
): Promise<void> {
  await mendLines(folder, ANSWERS_FILE);
  const runs = await readRuns(folder);
  const open = runs.filter(({ form, isOver }) => form === 'trained' && !isOver);
  if (open.length === 0) return;
  using answerer = await VisionLanguageModel.load(await findModel(model));
  for (const run of open) {
    for (let planned = run.next(); planned; planned = run.next()) {
      signal?.throwIfAborted();
      const prompt = answerer.prompt(`${CHAT_PROMPT}${questionText(planned.words)}`, planned.frames);
      const [scores = []] = await answerer.score([prompt], planned.choices);
      const chosen = scores.indexOf(Math.max(...scores));
      const raw = planned.choices[chosen] as string;
      await keepChoice(folder, run, planned, { chosen, unusable: null, raw, scores });
      onAnswers?.(runs);
    }
  }
}
