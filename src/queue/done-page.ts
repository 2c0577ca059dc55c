/**
 * The jobs of a row that are done, with their answers: one script and one way for a page of them, where asking for each
 * would cost the coordinator as much as checking it. Nothing is sent that is longer than it may be: whoever can write
 * there could put a gigabyte under any name, or a list.
 */
import type { Redis } from 'ioredis';
import { seedOf } from './description.js';

/** An answer up to this length comes with its job, bytes. */
export const SMALL_BYTES = 64 * 1024;

/** A job that a worker says is done. */
export interface DoneJob {
  readonly job: string;
  /** Undefined where the job is none of ours. */
  readonly seed: number | undefined;
  /** Where its answer lies; undefined where it does not say so. */
  readonly answer: string | undefined;
  /** The answer itself; undefined where it is a large one, or not there. */
  readonly data: Buffer | undefined;
}

/** What a worker returns of a finished job, as BullMQ keeps it: the name under which its answer lies. */
const SCRIPT = `
local function ask(...)
  local said = redis.pcall(...)
  if type(said) == 'table' and said.err then return false end
  return said
end
local page = {}
for _, job in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[3] - 1)) do
  local key = ARGV[1] .. job
  local length = ask('HSTRLEN', key, 'returnvalue')
  local returned = length and length < 100 and ask('HGET', key, 'returnvalue') or ''
  local answer = string.match(returned, '^{"answer":"(' .. string.rep('[0-9a-f]', 16) .. ')"}$') or ''
  local at = ARGV[2] .. job .. ':' .. answer
  local bytes = answer ~= '' and ask('STRLEN', at) or 0
  local data = bytes > 0 and bytes <= tonumber(ARGV[4]) and ask('GET', at) or ''
  page[#page + 1] = { job, answer, data }
end
return page`;

export interface DonePlaces {
  /** BullMQ's list of what is done. */
  readonly completed: string;
  /** What stands before a job's id in the key of the job, and in that of its answer. */
  readonly jobs: string;
  readonly answers: string;
}

/** Some of the jobs that are done, oldest first. */
export async function donePage(redis: Redis, places: DonePlaces, most: number): Promise<DoneJob[]> {
  const { completed, jobs, answers } = places;
  const page = await redis.callBuffer('EVAL', SCRIPT, 1, completed, jobs, answers, most, SMALL_BYTES);
  return (page as [job: Buffer, answer: Buffer, data: Buffer][]).map(([id, answer, data]) => {
    const job = id.toString();
    return {
      ...{ job, seed: seedOf(job), answer: answer.length > 0 ? answer.toString() : undefined },
      data: data.length > 0 ? data : undefined,
    };
  });
}
