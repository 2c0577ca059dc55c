/**
 * What lies in Redis beside the jobs: descriptions of runs, answers, checkpoints, what workers say of themselves.
 * Nothing is read before its size is known: whoever can write there could put a gigabyte under any name.
 */
import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { AgentError } from '../core/index.js';
import { PREFIX } from './connection.js';
import { MAX_DESCRIPTION_BYTES, queueName, type RunDescription, runSchema } from './description.js';

const RUNS = `${PREFIX}:runs`;
/** An answer that nobody takes is gone after a week; its episode is then played again. */
const ANSWER_SECONDS = 7 * 24 * 3600;
const MAX_RUNS = 1000;

/** What stands before the job and the answer's name in an answer's key. */
export const answerPrefix = (run: string, row: number): string => `${PREFIX}:answer:${queueName(run, row)}:`;

const answerKey = ({ run, row, job, answer }: AnswerPlace): string => `${answerPrefix(run, row)}${job}:${answer}`;

/** Lets workers know of a run. Throws `usage` where it is too large a description. */
export async function announceRun(redis: Redis, run: RunDescription): Promise<void> {
  const text = JSON.stringify(runSchema.parse(run));
  if (Buffer.byteLength(text) > MAX_DESCRIPTION_BYTES) {
    throw new AgentError('usage', 'the evaluation is too large for one queue', {
      expected: `at most ${MAX_DESCRIPTION_BYTES} bytes that describe its rows`,
      got: `${Buffer.byteLength(text)} bytes`,
      next: 'put its policies into several evaluations',
    });
  }
  await redis.hset(RUNS, run.id, text);
}

export async function withdrawRun(redis: Redis, run: string): Promise<void> {
  await redis.hdel(RUNS, run);
}

export async function isAnnounced(redis: Redis, run: string): Promise<boolean> {
  return (await redis.hexists(RUNS, run)) === 1;
}

/** The runs that fit the schema; `onRefused` is told of each other one. */
export async function readRuns(
  redis: Redis,
  onRefused: (id: string, reason: string) => void = () => {},
): Promise<RunDescription[]> {
  if ((await redis.hlen(RUNS)) > MAX_RUNS) throw tooMany();
  const runs: RunDescription[] = [];
  for (const id of (await redis.hkeys(RUNS)).sort()) {
    const bytes = await redis.hstrlen(RUNS, id);
    if (bytes > MAX_DESCRIPTION_BYTES) {
      onRefused(id, `${bytes} bytes`);
      continue;
    }
    const result = runSchema.safeParse(parsed(await redis.hget(RUNS, id)));
    if (result.success && result.data.id === id) runs.push(result.data);
    else onRefused(id, result.error?.issues[0]?.message ?? 'another id than its own');
  }
  return runs;
}

/** Keeps an answer; resolves to the name under which it lies. */
export async function putAnswer(redis: Redis, run: string, row: number, job: string, data: Buffer): Promise<string> {
  const answer = randomBytes(8).toString('hex');
  await redis.set(answerKey({ run, row, job, answer }), data, 'EX', ANSWER_SECONDS);
  return answer;
}

/** Where an answer lies. */
export interface AnswerPlace {
  readonly run: string;
  readonly row: number;
  readonly job: string;
  readonly answer: string;
}

/** The answer of a job, or why there is none that may be read. */
export async function takeAnswer(redis: Redis, where: AnswerPlace, most: number): Promise<Buffer | string> {
  const key = answerKey(where);
  const bytes = await redis.strlen(key).catch(() => 0);
  if (bytes === 0) return 'its answer is not there';
  if (bytes > most) return `its answer has ${bytes} bytes, at most ${most} are read`;
  // Another one may lie there by now.
  return await redis.getrangeBuffer(key, 0, most - 1);
}

export async function dropAnswers(redis: Redis, places: readonly AnswerPlace[]): Promise<void> {
  if (places.length > 0) await redis.unlink(...places.map(answerKey));
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function tooMany(): AgentError {
  return new AgentError('connection', 'there are too many runs in the queue', {
    expected: `at most ${MAX_RUNS}`,
    where: RUNS,
    next: 'is this Redis used for something else? Name another database, as redis://HOST:PORT/1',
  });
}
