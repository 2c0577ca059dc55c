/** A game that is over at once, for tests and benchmarks of the queue. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As a file, by which a worker knows it. */
export async function lakeFile(folder: string): Promise<string> {
  const path = join(folder, 'lake.yaml');
  await writeFile(path, LAKE);
  return path;
}

const LAKE = `
name: lake
title: Frozen Lake
emulator:
  env: FrozenLake-v1
  kwargs: { is_slippery: true }
  observation: render
frames: 1
actions:
  - { name: left, description: go left }
  - { name: down, description: go down }
  - { name: right, description: go right }
  - { name: up, description: go up }
answers: { retries: 1, fallback: left, on_error: fail }
prompt:
  instructions: Reach the gift.
`;
