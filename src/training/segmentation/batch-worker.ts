/** The thread that makes batches: answers each step's number with the step's batches. */
import { workerData } from 'node:worker_threads';
import { serveBatches } from '../serve-batches.js';
import type { SegmentationRecipe } from './recipe.js';
import { stepBatches } from './step-batches.js';
import { openSegmentationTools } from './tools.js';

const { recipe, folder } = workerData as { recipe: SegmentationRecipe; folder: string };
serveBatches(openSegmentationTools(recipe, folder), (step, tools) => stepBatches(recipe, step, tools));
