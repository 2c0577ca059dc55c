/** What `agent eval` tells beside its table: how it starts, what was asked again, what is left to do. */
import { join } from 'node:path';
import { FIRST_EVALUATION_SEED } from '../../core/seeds.js';
import type { EvaluationResult, EvaluationWatcher } from '../../evaluation/index.js';
import type { Console } from './console.js';
import { EvaluationProgress } from './eval-progress.js';
import { resultsText } from './eval-table.js';

/** Tells on the console how an evaluation goes on. */
export function evaluationWatcher(output: Console): EvaluationWatcher {
  let run = '';
  let progress: EvaluationProgress | undefined;
  return {
    onRecovery: ({ reason }) => output.note(`the emulator process ended (${reason}); a new one took its place`),
    onNote: (sentence) => output.note(sentence),
    onStart: ({ folder, isResumed, seeds }) => {
      run = folder;
      output.note(`${isResumed ? 'going on with' : 'evaluation'} ${folder}`);
      if (seeds.some((seed) => seed < FIRST_EVALUATION_SEED)) {
        output.note(
          `seeds below ${FIRST_EVALUATION_SEED} are for training: a policy may have learned from these very episodes`,
        );
      }
    },
    onSetAside: ({ game, policy, seed, reason, folder }) => {
      const which = `${game} ${policy}${seed === null ? '' : `, seed ${seed}`}`;
      output.note(`${which} is set aside: ${reason}; it is now ${join(run, folder)}`);
    },
    onLoad: ({ policy }) => output.live(`loading ${policy} …`),
    onEntry: (facts) => {
      const line = new EvaluationProgress(facts, output);
      progress = line;
      return (seed) => line.watch(seed);
    },
    onEntryEnd: ({ closeCalls, answers }) => {
      if (progress) output.note(progress.line());
      if (closeCalls > 0) output.note(`${closeCalls} of ${answers} decisions were close calls, asked again alone`);
    },
    onVideo: (file, index, count) => output.note(`video ${index + 1}/${count}: ${file}`),
  };
}

export function tellEnd(result: EvaluationResult, output: Console): void {
  const { folder, complete, results, videos, namesFiles } = result;
  const goOn = `agent eval --resume ${folder}${namesFiles ? ' --trust-files' : ''}`;
  output.clearLive();
  output.result({ run: folder, complete, videos, ...results });
  output.block(resultsText(results));
  output.print('');
  output.print(`run ${folder}`);
  for (const video of videos) output.print(`video ${video}`);
  if (!complete) output.note(`not all episodes were played: ${goOn}`);
  if (results.rows.some(({ failed }) => failed > 0)) {
    output.note(
      'some episodes failed; what failed for want of disk, memory or a service is played again by ' +
        `${goOn}, everything that failed with --retry-failed`,
    );
  }
}
