/** `agent train`: what can be trained, one subcommand each. */
import type { Register } from '../shared/context.js';
import { registerTrainClip } from './train-clip.js';
import { registerTrainExpert } from './train-expert.js';
import { registerTrainLessons } from './train-lessons.js';
import { registerTrainPlay } from './train-play.js';
import { registerTrainPvp } from './train-pvp.js';
import { registerTrainSegment } from './train-segment.js';

const TRAININGS: readonly Register[] = [
  registerTrainExpert,
  registerTrainClip,
  registerTrainPvp,
  registerTrainPlay,
  registerTrainLessons,
  registerTrainSegment,
];

export const registerTrain: Register = (program, context) => {
  const command = program.command('train').description('train an expert or a model');
  for (const register of TRAININGS) register(command, context);
};
