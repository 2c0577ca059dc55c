/** Waiting that a signal ends, and work side by side. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after so many milliseconds, or when the signal comes. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}

/**
 * What `work` comes to; undefined where the signal comes first. A command to a Redis that is away waits for as long as
 * it takes, and whoever ends the program must not.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  // What it comes to later is nobody's any more.
  work.catch(() => {});
  if (signal.aborted) return undefined;
  let end = (): void => {};
  const ended = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Does something with each, at most so many at a time; begins no other one once the signal came, or one has failed. */
export async function sideBySide<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const left = items.values();
  let isOver = false;
  const workOn = async (): Promise<void> => {
    for (const item of left) {
      await work(item).catch((error: unknown) => {
        isOver = true;
        throw error;
      });
      if (isOver || signal.aborted) return;
    }
  };
  if (!signal.aborted) await Promise.all(Array.from({ length: Math.min(most, items.length) }, workOn));
}
