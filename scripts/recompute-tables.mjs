#!/usr/bin/env node
/**
 * Makes the intervals of tables anew from the scores in them, by today's method, and writes the tables back:
 *
 *     node scripts/recompute-tables.mjs runs/reference/games.json …
 *
 * No episode is played. Scores, rates and everything else stay as they are.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';
import { root } from './lib/paths.mjs';
import { writeAtomically } from './lib/stamps.mjs';

register();
const module = (name) => import(pathToFileURL(join(root, 'src', name)).href);
const { recomputeResults, resultsSchema } = await module('evaluation/index.ts');
const { listGames } = await module('agent/index.ts');

const goals = new Map(listGames().flatMap(({ name, goal }) => (goal === undefined ? [] : [[name, goal]])));
for (const path of process.argv.slice(2)) {
  const results = resultsSchema.parse(recomputeResults(JSON.parse(readFileSync(path, 'utf8')), goals));
  writeAtomically(path, `${JSON.stringify(results, null, 2)}\n`);
  process.stderr.write(`${path}: ${results.rows.length} rows\n`);
}
