/** The thread that makes batches: answers each step's number with the step's batches. */
import { workerData } from 'node:worker_threads';
import { serveBatches } from '../serve-batches.js';
import { openBatchTools } from './batch-tools.js';
import type { Recipe } from './recipe.js';
import { stepBatches } from './step-batches.js';

const { recipe, folder } = workerData as { recipe: Recipe; folder: string };
serveBatches(openBatchTools(recipe, folder), (step, tools) => stepBatches(recipe, step, tools));
