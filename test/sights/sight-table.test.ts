import { expect, it } from 'vitest';
import { type ExaminedEpisode, sightTable } from '../../src/sights/index.js';

/** An episode of ten decisions in which the teacher sees a bomb in `there`, and the player in `near` of these. */
function episode(policy: string, seed: number, there: number, near: number): ExaminedEpisode {
  const bomb = { name: 'bomb', there, near, exact: near, absent: 10 - there, invented: 1 };
  return { game: 'spaceinvaders', policy, seed, decisions: 10, silent: 0, sights: [bomb], asTaught: near, asSaid: 10 };
}

const weak = [1, 2, 3].map((seed) => episode('weak', seed, 5, 2));
const strong = [1, 2, 3, 4].map((seed) => episode('strong', seed, seed === 4 ? 2 : 5, seed === 4 ? 2 : 3));

it('has a row for each player, every episode counting alike', () => {
  const { rows } = sightTable([...weak, ...strong]);
  expect(rows.map(({ policy, episodes, decisions }) => [policy, episodes, decisions])).toEqual([
    ['weak', 3, 30],
    ['strong', 4, 40],
  ]);
  const bomb = rows[1]?.sights[0];
  expect(bomb?.there).toBe(17);
  // Three episodes of 3 in 5 and one of 2 in 2, not 11 decisions in 17.
  expect(bomb?.near.share).toBeCloseTo(0.7, 12);
  expect(bomb?.near.interval?.[0]).toBeLessThan(0.7);
  expect(rows[0]?.as_said).toEqual({ share: 1, interval: null });
});

it('compares on common seeds, the later player less the earlier one', () => {
  const { paired } = sightTable([...weak, ...strong]);
  const near = paired.find(({ of }) => of === 'bomb near');
  expect(near).toMatchObject({ a: 'strong', b: 'weak', episodes: 3 });
  expect(near?.difference).toBeCloseTo(0.2, 12);
  expect(paired.map(({ of }) => of)).toEqual(['bomb near', 'bomb exact', 'bomb invented', 'as_taught', 'as_said']);
});

it('leaves out episodes in which there was nothing to see, and compares games apart', () => {
  const { rows } = sightTable([episode('one', 1, 0, 0), episode('one', 2, 4, 1)]);
  expect(rows[0]?.sights[0]?.near).toEqual({ share: 0.25, interval: null });
  expect(sightTable([episode('one', 1, 0, 0)]).rows[0]?.sights[0]?.near).toEqual({ share: null, interval: null });
  const other = { ...episode('two', 1, 5, 5), game: 'another' };
  expect(sightTable([...weak, other]).paired).toEqual([]);
});
