import { describe, expect, it } from 'vitest';
import { type Answer, type Game, loadGame, type Policy, type Situation } from '../../src/agent/index.js';
import {
  AskedOtherwise,
  type FollowedEpisode,
  followedTable,
  namedTelling,
  TELLINGS,
} from '../../src/instructions/index.js';

const car = loadGame('carracing');
/** What the scripted player wants, by the decision: an index of the emulator's actions. */
const WANTED = [3, 3, 2, 1, 4, 0];

/** A player that wants the same whatever it is told, and says it as `sayOf` finds it in the list. */
function player(sayOf: (game: Game, wanted: number) => string): Policy & { readonly open: () => number } {
  const games = new Map<string, Game>();
  return {
    id: 'scripted',
    open: () => games.size,
    begin: async ({ episode, game }) => {
      games.set(episode, game);
    },
    act: async (situations) =>
      situations.map(({ episode, step }): Answer => {
        return { kind: 'text', raw: sayOf(games.get(episode) as Game, WANTED[step] as number) };
      }),
    end: async (episode) => {
      games.delete(episode);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const reader = (game: Game, wanted: number): string => {
  const line = game.actions.find(({ description }) => description === car.actions[wanted]?.description);
  return line?.name as string;
};
const byHeart = (_: Game, wanted: number): string => car.actions[wanted]?.name as string;
const silent = (game: Game, wanted: number): string => (game === car ? reader(game, wanted) : 'hm');

async function asked(policy: Policy, every = 1): Promise<FollowedEpisode[]> {
  const over: FollowedEpisode[] = [];
  const german = namedTelling('german=nichts,rechts,links,schneller,bremsen', car);
  const meter = new AskedOtherwise(policy, [...TELLINGS, german], { every, over: (one) => over.push(one) });
  for (const [number, seed] of [7, 8].entries()) {
    const episode = `e${number}`;
    await meter.begin({ episode, seed, game: car, env: {} as never });
    for (const step of WANTED.keys()) {
      const situation = { episode, step, attempt: 0, frames: [], observation: {} } as unknown as Situation;
      expect(await meter.act([situation])).toEqual([{ kind: 'text', raw: expect.any(String) }]);
    }
    await meter.end(episode);
  }
  return over;
}

describe('asked about the same game told otherwise', () => {
  it('a player that reads follows every telling, and nothing of it stays open', async () => {
    const policy = player(reader);
    const { rows } = followedTable(await asked(policy));
    expect(policy.open()).toBe(0);
    expect(rows.map(({ telling }) => telling)).toEqual(['swapped', 'reordered', 'renamed', 'german']);
    for (const row of rows) {
      expect(row).toMatchObject({ game: 'carracing', policy: 'scripted', episodes: 2, decisions: 12, unread: 0 });
      expect(row).toMatchObject({ followed: { share: 1 }, by_heart: { share: 0 } });
    }
  });

  it('a player that knows names by heart follows another order and nothing else', async () => {
    const [swapped, reordered, renamed, german] = followedTable(await asked(player(byHeart))).rows;
    expect(swapped).toMatchObject({ followed: { share: 0 }, by_heart: { share: 1 }, unread: 0 });
    expect(reordered).toMatchObject({ followed: { share: 1 }, by_heart: { share: 0 }, unread: 0 });
    expect(renamed?.followed.share).toBeLessThan(0.2);
    expect(german).toMatchObject({ followed: { share: 0 }, by_heart: { share: 0 }, unread: 12 });
  });

  it('answers that name no action are counted apart, and only every n-th decision is asked about', async () => {
    const [row] = followedTable(await asked(player(silent), 4)).rows;
    expect(row).toMatchObject({ decisions: 4, unread: 4, followed: { share: 0 } });
  });

  it('refuses a player that answers with actions, and passes failures of a service on', async () => {
    const answering = (answer: Answer): Policy => ({ ...player(reader), act: async () => [answer] });
    await expect(asked(answering({ kind: 'action', action: 1 }))).rejects.toThrow(/reads no instructions/);
    const error = Object.assign(new Error('gone'), { code: 'service' }) as never;
    const good = player(reader);
    let failures = Number.POSITIVE_INFINITY;
    const act: Policy['act'] = async (situations) =>
      situations[0]?.episode.includes(' ') && failures-- > 0 ? [{ kind: 'failure', error }] : good.act(situations);
    const over: FollowedEpisode[] = [];
    const options = { every: 1, over: (one: FollowedEpisode) => over.push(one), patience: { tries: 2, firstMs: 1 } };
    const [first] = TELLINGS;
    const meter = new AskedOtherwise({ ...good, act }, [first as never], options);
    await meter.begin({ episode: 'e', seed: 1, game: car, env: {} as never });
    const situation = { episode: 'e', step: 0, attempt: 0, frames: [], observation: {} } as unknown as Situation;
    await expect(meter.act([situation])).rejects.toThrow(/no answer to a question told otherwise/);
    // Asked again, it does not go on as if nothing had been.
    await expect(meter.act([{ ...situation, attempt: 1 }])).rejects.toThrow(/no answer to a question told otherwise/);
    await meter.end('e');
    expect(over).toEqual([]);
    // What passes is waited out.
    failures = 2;
    const patient = new AskedOtherwise({ ...good, act }, [first as never], options);
    await patient.begin({ episode: 'e', seed: 1, game: car, env: {} as never });
    await patient.act([situation]);
    await patient.end('e');
    expect(over.at(-1)?.tellings).toMatchObject([{ decisions: 1, followed: 1 }]);
  });
});

describe('names given for a telling', () => {
  it('are one for each action, all different, behind a label', () => {
    for (const words of [
      'german',
      'german=',
      'german=a,b',
      'german=a,b,c,d,d',
      '=a,b,c,d,e',
      'x=a,b,c,d,e,f',
      'swapped=a,b,c,d,e',
      'n=Left,left,LEFT,gas,brake',
    ]) {
      expect(() => namedTelling(words, car)).toThrow(/no names for the actions of Car Racing/);
    }
    const { game, names } = namedTelling('x= a , b,c,d,e', car).tell(car, 0, {} as never);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(game.actions[2]).toEqual({ name: 'c', aliases: [], description: 'steer to the left' });
  });
});
